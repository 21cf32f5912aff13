// Give the browser a file to keep.

/** Save what `content` promises (a Blob) under `name`. */
export async function save(content, name) {
  const address = URL.createObjectURL(await content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
