import { noGrad, scope, variable } from "@conv/autograd";
import { type Shape, zeros } from "@conv/core";
import { AvgPool2d, Conv2d, Linear, MaxPool2d, type Module, type Sequential } from "@conv/nn";

/** What a network costs, and how far it sees. All are exact: no training is needed to know them. */
export interface Cost {
  /** Numbers that are learned. */
  readonly parameters: number;
  /** Multiply-adds of convolutions and linear layers for one image. A batch norm has none: in use it is part of the weights. */
  readonly macs: number;
  /** Pixels of the image, along one axis, that reach a unit of the last convolution; all, where there is no convolution. */
  readonly field: number;
}

/**
 * The cost of a network for an image [C, H, W], layer by layer:
 *
 *     MACs(convolution) = O·OH·OW · (C/G)·K²        MACs(linear) = out·in
 *
 * A window of K taps, d apart, spans d·(K − 1) + 1 pixels of its input, which are `jump` pixels of the image apart:
 *
 *     field ← field + d·(K − 1)·jump                jump ← jump·stride        both from 1
 *
 * Output sizes are not computed but seen: the network is run on an empty image. Windows here are square.
 *
 * @see Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (arXiv:1603.07285).
 */
export function costOf(model: Sequential, imageShape: Shape): Cost {
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  let [macs, seen, jump, field] = [0, 1, 1, imageShape[1]];
  for (const [layer, outShape] of layersOf(model, imageShape)) {
    macs += macsOf(layer, outShape);
    const { kernelSize, dilation, stride } = windowOf(layer);
    seen += dilation * (kernelSize - 1) * jump;
    jump *= stride;
    if (layer instanceof Conv2d) field = seen;
  }
  return { parameters, macs, field };
}

/** Every layer with the shape of what it gives for a batch of one. */
function layersOf(model: Sequential, imageShape: Shape): [Module, Shape][] {
  return scope(() =>
    noGrad(() => {
      model.eval();
      let x = variable(zeros([1, ...imageShape]), { requiresGrad: false });
      const layers = model.layers.map((layer): [Module, Shape] => {
        x = layer.forward(x);
        return [layer, x.shape];
      });
      model.train();
      return layers;
    }),
  );
}

function macsOf(layer: Module, [, , ...outSize]: Shape): number {
  if (layer instanceof Linear) return layer.weight.size;
  if (layer instanceof Conv2d) return layer.weight.size * outSize.reduce((a, b) => a * b, 1); // weight [O, C/G, K, K]
  return 0;
}

/** The window that a layer moves over its input: one pixel, where it has none. */
function windowOf(layer: Module) {
  if (layer instanceof Conv2d) {
    const { stride = 1, dilation = 1 } = layer.options;
    return { kernelSize: layer.kernelSize[0], dilation: edge(dilation), stride: edge(stride) };
  }
  if (layer instanceof MaxPool2d || layer instanceof AvgPool2d) {
    const kernelSize = edge(layer.kernelSize);
    return { kernelSize, dilation: 1, stride: edge(layer.options.stride ?? kernelSize) };
  }
  return { kernelSize: 1, dilation: 1, stride: 1 };
}

/** A size that is the same along both axes. */
const edge = (size: number | readonly number[]): number => [size].flat()[0];
