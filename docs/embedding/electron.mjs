import { join } from "node:path";
import { app, BrowserWindow, ipcMain } from "electron";
import { startNashLlm } from "./spawn.mjs";

const folder = app.isPackaged ? process.resourcesPath : join(import.meta.dirname, "bin");
const program = join(folder, process.platform === "win32" ? "nash-llm.exe" : "nash-llm");

app.whenReady().then(async () => {
  const server = await startNashLlm(program);
  // Pages of this app alone are told of it: `ipcRenderer.invoke("nash-llm")` in a preload script.
  ipcMain.handle("nash-llm", () => ({ url: server.url, token: server.token }));
  app.on("will-quit", () => void server.stop());
  await new BrowserWindow().loadFile("index.html");
});
