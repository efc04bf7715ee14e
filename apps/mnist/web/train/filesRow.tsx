import { useRef } from "preact/hooks";
import { downloadModel, NOT_NUMBERS, openModel } from "./files.js";
import { problem } from "./run.js";
import { t } from "./texts.js";

/** The network as a file, out and in. */
export function Files() {
  const { download, upload } = t.value;
  const input = useRef<HTMLInputElement>(null);
  const open = (file: File) =>
    openModel(file).catch((error: unknown) => {
      problem.value = () =>
        error === NOT_NUMBERS ? t.value.notNumbers(file.name) : `${t.value.notOpened(file.name)} (${reasonOf(error)})`;
    });
  return (
    <div class="train-files">
      <button type="button" class="button plain" onClick={downloadModel} data-download>
        ↓ {download}
      </button>
      <button type="button" class="button plain" onClick={() => input.current?.click()}>
        ↑ {upload}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".safetensors"
        data-upload
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file !== undefined) open(file);
          currentTarget.value = ""; // the same file can be opened again
        }}
      />
    </div>
  );
}

/** What is wrong with a file, without the library's advice to programmers. */
const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/ Build the model.*|\.$/, "");
