import { Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Sequential } from "@conv/nn";

/** Two convolutions, two pools, two linear layers: [N, 1, 28, 28] → [N, 10]. */
export function createModel(): Sequential {
  return new Sequential(
    new Conv2d(1, 8, 5, { padding: 2 }), //  [N, 8, 28, 28]
    new ReLU(),
    new MaxPool2d(2), //                     [N, 8, 14, 14]
    new Conv2d(8, 16, 3, { padding: 1 }), // [N, 16, 14, 14]
    new ReLU(),
    new MaxPool2d(2), //                     [N, 16, 7, 7]
    new Flatten(),
    new Linear(16 * 7 * 7, 128),
    new ReLU(),
    new Dropout(0.5),
    new Linear(128, 10),
  );
}
