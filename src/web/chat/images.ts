/** Larger pictures are made smaller: providers take them so, and a browser has room for few megabytes. */
const LARGEST_BYTES = 400_000;
const LONGEST_EDGE = 1_568;
const TAKEN = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** The pictures among files, as `data:` URLs. Those that the browser cannot read are left out. */
export async function readPictures(files: Iterable<File>): Promise<readonly string[]> {
  const read = [...files].filter(({ type }) => type.startsWith("image/")).map((file) => readPicture(file));
  return (await Promise.all(read)).filter((url) => url !== undefined);
}

async function readPicture(file: File): Promise<string | undefined> {
  try {
    if (file.size <= LARGEST_BYTES && TAKEN.includes(file.type)) return await asDataUrl(file);
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.85);
  } catch {
    return undefined;
  }
}

function asDataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
