import { useRef } from "preact/hooks";
import { downloadModel, openModel } from "./files.js";
import { problem } from "./session.js";
import { t } from "./texts.js";

/** The network as a file, out and in. */
export function Files() {
  const { download, upload } = t.value;
  const input = useRef<HTMLInputElement>(null);
  const open = (file: File) =>
    openModel(file).catch((error: unknown) => {
      problem.value = `${file.name}: ${error instanceof Error ? error.message : String(error)}`;
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
