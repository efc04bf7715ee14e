import { add, relu, type Variable } from "@conv/autograd";
import { AvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential } from "../src/index.js";

/** LeCun et al. (1998) as it is mostly built today: 61 706 parameters. */
export const lenet = () =>
  new Sequential(
    new Conv2d(1, 6, 5, { padding: 2 }),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(6, 16, 5),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(400, 120),
    new ReLU(),
    new Linear(120, 84),
    new ReLU(),
    new Linear(84, 10),
  );

/** The convolutions of VGG-16 (Simonyan and Zisserman, arXiv:1409.1556). */
export function vgg16Features(): Sequential {
  let channels = 3;
  const layers = [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0].flatMap((out) => {
    if (out === 0) return [new MaxPool2d(2)];
    const conv = new Conv2d(channels, out, 3, { padding: 1 });
    channels = out;
    return [conv, new ReLU()];
  });
  return new Sequential(...layers);
}

/** The block of ResNet-18 (He et al., arXiv:1512.03385), with torchvision's names. */
export class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: Sequential | undefined;

  constructor(inChannels: number, channels: number, stride = 1) {
    super();
    this.conv1 = new Conv2d(inChannels, channels, 3, { stride, padding: 1, bias: false });
    this.bn1 = new BatchNorm2d(channels);
    this.conv2 = new Conv2d(channels, channels, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d(channels);
    const shortcut = () => [new Conv2d(inChannels, channels, 1, { stride, bias: false }), new BatchNorm2d(channels)];
    this.downsample = stride > 1 ? new Sequential(...shortcut()) : undefined;
  }

  forward(x: Variable): Variable {
    const y = relu(this.bn1.forward(this.conv1.forward(x)));
    return relu(add(this.bn2.forward(this.conv2.forward(y)), this.downsample?.forward(x) ?? x));
  }
}

/** ResNet-18 for images of 224 × 224 pixels: its last pooling is one over 7 × 7. */
export const resnet18 = () =>
  new Sequential(
    new Conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }),
    new BatchNorm2d(64),
    new ReLU(),
    new MaxPool2d(3, { stride: 2, padding: 1 }),
    ...[64, 128, 256, 512].map((channels, i) => {
      const first = i === 0 ? new BasicBlock(64, 64) : new BasicBlock(channels / 2, channels, 2);
      return new Sequential(first, new BasicBlock(channels, channels));
    }),
    new AvgPool2d(7),
    new Flatten(),
    new Linear(512, 1000),
  );

/** A convolution per channel, then one across them (Howard et al., arXiv:1704.04861), around which x goes on. */
export class SeparableBlock extends Module {
  readonly depthwise: Conv2d;
  readonly norm: BatchNorm2d;
  readonly pointwise: Conv2d;

  constructor(channels: number) {
    super();
    this.depthwise = new Conv2d(channels, channels, 3, { padding: 1, groups: channels, bias: false });
    this.norm = new BatchNorm2d(channels);
    this.pointwise = new Conv2d(channels, channels, 1);
  }

  forward(x: Variable): Variable {
    return add(x, this.pointwise.forward(relu(this.norm.forward(this.depthwise.forward(x)))));
  }
}

/** A small network with a separable block. */
export const separable = () =>
  new Sequential(
    new Conv2d(3, 16, 3, { stride: 2, padding: 1 }),
    new SeparableBlock(16),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(16 * 8 * 8, 10),
  );
