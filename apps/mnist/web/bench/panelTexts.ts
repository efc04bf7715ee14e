import { texts } from "../texts/language.js";

/** The words of the three panels: the map as a matrix, as im2col, and its adjoint. */
export const t = texts({
  en: {
    matrix: {
      title: "As a matrix",
      linear:
        "The image as a long vector x, the whole map as one matrix: y = Ŵ x. The framed row makes the output under the window: the kernel, moved to where the window is.",
      structures: {
        toeplitz:
          " A Toeplitz matrix of Toeplitz blocks: in each block the diagonals are constant, and so are the diagonals of blocks.",
        circulant:
          " What leaves on one side comes back on the other: a circulant matrix of circulant blocks, which the 2-D Fourier transform makes diagonal.",
        border: " At the border the weights are added to those of the pixels that the padding is made of.",
      },
      pairs: " There is one such matrix for every pair of an input and an output channel.",
      strided: (stride: number) =>
        ` A stride of ${stride} keeps of these rows those of every ${stride === 2 ? "second" : "third"} row and column of the output.`,
      pool: "Pooling is not linear, but near this image it acts like a matrix: its derivative. The framed row says which pixels the output under the window depends on, and how much.",
      max: "A maximum selects: near this image it is a matrix with a single 1 in each row, at the largest pixel of the window.",
      average: "An average is linear: y = Ŵ x, with 1/K for each of the K pixels of a window.",
      label: (rows: number, columns: number, row: number) =>
        `Matrix Ŵ, ${rows} rows for the outputs and ${columns} columns for the pixels; row ${row} is marked`,
      x: (size: number) => `x, the image as a vector of ${size}`,
      y: (size: number) => `y, the output as a vector of ${size}`,
      size: (rows: number, columns: number) => `Ŵ is ${rows} × ${columns}`,
    },
    columns: {
      title: "As im2col",
      conv: "Every patch that the window sees becomes a column. Then one product of matrices makes all outputs at once: Y = W · X̂ᵀ. The framed column is the window.",
      pool: "Every patch that the window sees becomes a column, for each channel; the pooling makes one number of each.",
      label: (rows: number, columns: number, column: number) =>
        `im2col, ${rows} rows for the taps of the window and ${columns} columns for its positions; column ${column} is marked`,
      kernel: (rows: number, columns: number) => `W, the kernel as ${rows} by ${columns} matrix`,
      y: (rows: number, columns: number) => `Y, the output as ${rows} by ${columns} matrix`,
      size: (rows: number, columns: number) => `X̂ᵀ is ${rows} × ${columns}`,
    },
    adjoint: {
      title: "The adjoint: the way back",
      conv: "Ŵᵀ sends each output back to the pixels it came from: it stamps the kernel onto the image where the window stood. That is a convolution with the flipped kernel (turned by 180°), and it is how gradients travel. X̂ᵀ sends them to the kernel: each weight collects the pixels it met. (As everywhere in deep learning, the convolution above does not flip its kernel: it is a cross-correlation.)",
      max: "The gradient goes to the pixel that won, and to no other: the way back remembers where each maximum stood.",
      average: "The gradient is shared out evenly over the window: every pixel gets 1/K of it.",
      l2: "Each pixel of the window gets the gradient times its share x / y of the norm.",
      borders: {
        circular: " What falls onto the padding is added to the other side, where it came from.",
        reflect: " What falls onto the padding is added to the pixels that it mirrors.",
        replicate: " What falls onto the padding is added to the pixels of the edge.",
        mean: " What falls onto the padding is shared out over all pixels, since the padding is their mean.",
      },
      send: "Send back",
      sent: { one: "this output", all: "all outputs", output: "the output itself" },
      g: "gradient g of the output",
      image: "on the image: Ŵᵀ g",
      kernel: "on the kernel: X̂ᵀ g",
      flipped: "the flipped kernel",
      strided: (zeros: number) =>
        ` (At this stride, ${zeros === 1 ? "a zero is" : `${zeros} zeros are`} put between the outputs first: a transposed convolution.)`,
    },
  },
  zh: {
    matrix: {
      title: "写成矩阵",
      linear:
        "把图像排成一个长向量 x，整个映射就是一个矩阵：y = Ŵ x。框出的那一行给出窗口处的输出：它就是移到窗口处的卷积核。",
      structures: {
        toeplitz: "它是由托普利茨（Toeplitz）块组成的托普利茨矩阵：每个块内的对角线为常数，块的排列也是如此。",
        circulant: "从一边出去的从另一边回来：由循环块组成的循环矩阵，二维傅里叶变换使它对角化。",
        border: "在边界处，权重加到填充所取的那些像素的权重上。",
      },
      pairs: "每一对输入通道与输出通道各有一个这样的矩阵。",
      strided: (stride: number) =>
        `步幅 ${stride} 只保留其中输出每隔 ${stride - 1} 行、每隔 ${stride - 1} 列取一个的那些行。`,
      pool: "池化不是线性的，但在这幅图像附近它像一个矩阵：它的导数。框出的那一行说明窗口处的输出依赖哪些像素、依赖多少。",
      max: "取最大值就是选择：在这幅图像附近，它是一个每行只有一个 1 的矩阵，1 的位置是窗口中最大的像素。",
      average: "求平均是线性的：y = Ŵ x，窗口的 K 个像素各占 1/K。",
      label: (rows: number, columns: number, row: number) =>
        `矩阵 Ŵ，${rows} 行对应输出，${columns} 列对应像素；标出第 ${row} 行`,
      x: (size: number) => `x，排成 ${size} 维向量的图像`,
      y: (size: number) => `y，排成 ${size} 维向量的输出`,
      size: (rows: number, columns: number) => `Ŵ 为 ${rows} × ${columns}`,
    },
    columns: {
      title: "写成 im2col",
      conv: "窗口看到的每一块图像都成为一列。于是一次矩阵乘法就得到全部输出：Y = W · X̂ᵀ。框出的那一列就是窗口。",
      pool: "窗口在每个通道看到的每一块图像都成为一列；池化把每一列变成一个数。",
      label: (rows: number, columns: number, column: number) =>
        `im2col，${rows} 行对应窗口中的位置，${columns} 列对应窗口的移动；标出第 ${column} 列`,
      kernel: (rows: number, columns: number) => `W，写成 ${rows} × ${columns} 矩阵的卷积核`,
      y: (rows: number, columns: number) => `Y，写成 ${rows} × ${columns} 矩阵的输出`,
      size: (rows: number, columns: number) => `X̂ᵀ 为 ${rows} × ${columns}`,
    },
    adjoint: {
      title: "伴随：反向传播之路",
      conv: "Ŵᵀ 把每个输出送回它所来自的像素：在窗口停过的地方，把卷积核叠加到图像上。这就是与翻转的卷积核（旋转 180°）做卷积，梯度正是这样传播的。X̂ᵀ 把梯度送到卷积核：每个权重收集它遇到过的像素。（与深度学习的惯例一样，上面的卷积并不翻转卷积核：它其实是互相关。）",
      max: "梯度只送给胜出的那个像素：反向时记得每个最大值在哪里。",
      average: "梯度在窗口内平均分配：每个像素得到 1/K。",
      l2: "窗口中的每个像素得到梯度乘以它在范数中的份额 x / y。",
      borders: {
        circular: "落在填充上的部分加回到另一侧，它原来的地方。",
        reflect: "落在填充上的部分加到它所反射的像素上。",
        replicate: "落在填充上的部分加到边缘的像素上。",
        mean: "落在填充上的部分平均分给所有像素，因为填充就是它们的均值。",
      },
      send: "送回",
      sent: { one: "这个输出", all: "所有输出", output: "输出本身" },
      g: "输出的梯度 g",
      image: "到图像上：Ŵᵀ g",
      kernel: "到卷积核上：X̂ᵀ g",
      flipped: "翻转的卷积核",
      strided: (zeros: number) => `（在这个步幅下，先在输出之间插入 ${zeros} 个零：转置卷积。）`,
    },
  },
});
