import { texts } from "../texts/language.js";

export const t = texts({
  en: {
    pad: "Pad: draw a digit here",
    hint: "Draw a digit here",
    undo: "Undo",
    clear: "Clear",
    input: "what the network gets",
    inputAbout: "Scaled to 20 × 20, its centre of mass in the middle of 28 × 28: as MNIST's digits were.",
    exampleAbout: "A digit of the test set: the network has never seen it.",
    read: "read as",
    probabilities: "Probabilities of the digits",
    says: (digit: number, share: string) => `Read as ${digit}, ${share}`,
    nothing: "Nothing drawn yet",
    show: "Or show one that somebody wrote",
    showOne: (digit: number) => `Show a ${digit}`,
  },
  zh: {
    pad: "画板：在这里写一个数字",
    hint: "在这里写一个数字",
    undo: "撤销",
    clear: "清除",
    input: "网络得到的图像",
    inputAbout: "缩放到 20 × 20，质心放在 28 × 28 的中央：与 MNIST 的做法相同。",
    exampleAbout: "测试集里的一个数字：网络从未见过。",
    read: "识别为",
    probabilities: "各数字的概率",
    says: (digit: number, share: string) => `识别为 ${digit}，${share}`,
    nothing: "还没有写",
    show: "或者看别人写的一个",
    showOne: (digit: number) => `显示一个 ${digit}`,
  },
});
