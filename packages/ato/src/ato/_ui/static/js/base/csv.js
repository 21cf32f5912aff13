// Columns as text to keep.

/** `columns` of [name, values] as CSV; what is not there is empty. */
export function asCsv(columns) {
  const rows = columns[0][1].map((_, index) => columns.map(([, values]) => values[index]));
  return [columns.map(([name]) => name), ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function cell(value) {
  const text = String(value ?? "");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
