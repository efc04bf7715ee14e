// A worker that trains on augmented images.

import { serveFit } from "../../src/worker.js";
import { type Augmented, augmentedCall } from "./augmented.js";

serveFit<Augmented>(augmentedCall);
