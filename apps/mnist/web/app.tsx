import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { Architecture } from "./architecture/architecture.js";
import { Bench } from "./bench/bench.js";
import { Draw } from "./draw/draw.js";
import { Inside } from "./inside/inside.js";
import { Part } from "./part.js";
import { language, setLanguage, texts } from "./texts/language.js";
import { Train } from "./train/train.js";
import { isDark, setTheme } from "./ui/theme.js";
import "./ui/ui.css";

const t = texts({
  en: {
    title: "@conv · watch a convolutional network learn",
    parts: {
      train: [
        "Train",
        "Watch a convolutional network learn",
        "It began when you opened the page: a network of a hundred thousand numbers, learning in this tab, on your processor.",
      ],
      draw: [
        "Draw",
        "Draw a digit",
        "With mouse, pen or finger. It is read while you draw, by the network as it is at this moment.",
      ],
      inside: [
        "Look inside",
        "What the network sees",
        "Every layer of this very network for your digit. Point at a pixel to trace back what it sees; flip a picture over to see its adjoint: the gradient.",
      ],
      architecture: ["Architecture", "Build another one", "Change the layers, train again, and compare the curves."],
      bench: [
        "Bench",
        "Take a convolution apart",
        "One window, one sum, one number. Paint the image, change every switch, and see the same map as a matrix, as im2col, and as its adjoint.",
      ],
    },
    language: "中文",
    dark: "Dark",
    light: "Light",
    skip: "To the content",
  },
  zh: {
    title: "@conv · 看一个卷积网络如何学习",
    parts: {
      train: [
        "训练",
        "看一个卷积网络如何学习",
        "打开页面时它已开始：十万个数字组成的网络，就在这个标签页里、在你的处理器上学习。",
      ],
      draw: ["手写", "写一个数字", "用鼠标、手写笔或手指。边写边识别，用的就是此刻的网络。"],
      inside: [
        "观察内部",
        "网络看到了什么",
        "这个网络的每一层对你的数字的响应。指向一个像素，回溯它的感受野；把图切换过来，看它的伴随：梯度。",
      ],
      architecture: ["结构", "搭一个新的网络", "改变各层，再训练一次，比较曲线。"],
      bench: [
        "实验台",
        "把卷积拆开看",
        "一个窗口，一个和，一个数。涂改图像，拨动每个开关，看同一个映射写成矩阵、写成 im2col，以及它的伴随。",
      ],
    },
    language: "English",
    dark: "深色",
    light: "浅色",
    skip: "跳到正文",
  },
});

const PARTS = ["train", "draw", "inside", "architecture", "bench"] as const;
const CONTENT = { train: Train, draw: Draw, inside: Inside, architecture: Architecture, bench: Bench };

/** How many parts are on the page. */
const shown = signal(0);

/** Puts one part more on the page, each in a task of its own: none takes long, and the first is seen at once. */
function showNext(): void {
  setTimeout(() => {
    shown.value++;
    if (shown.value < PARTS.length) showNext();
    else document.getElementById(location.hash.slice(1))?.scrollIntoView();
  });
}

/** The page. */
export function App() {
  const { title, parts, language: other, dark, light, skip } = t.value;
  useLayoutEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(showNext, []);
  return (
    <>
      <a class="skip" href="#train">
        {skip}
      </a>
      <header class="bar">
        <h1>
          <a href="#top">@conv</a>
        </h1>
        <nav aria-label="@conv">
          {PARTS.map((id) => (
            <a key={id} href={`#${id}`}>
              {parts[id][0]}
            </a>
          ))}
        </nav>
        <button type="button" class="button plain" onClick={() => setTheme(isDark.value ? "light" : "dark")}>
          {isDark.value ? light : dark}
        </button>
        <button
          type="button"
          class="button plain"
          lang={language.value === "en" ? "zh-Hans" : "en"}
          onClick={() => setLanguage(language.value === "en" ? "zh" : "en")}
        >
          {other}
        </button>
      </header>
      <main>
        {PARTS.map((id, index) => {
          const Content = CONTENT[id];
          return (
            <Part key={id} id={id} title={parts[id][1]} about={parts[id][2]}>
              {index < shown.value && <Content />}
            </Part>
          );
        })}
      </main>
    </>
  );
}
