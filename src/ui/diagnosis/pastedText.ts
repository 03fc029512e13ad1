/** Characters of a pasted output that are looked at. The error is at its end. */
const maxText = 100_000;

/** What can be explained of a text from outside: without control characters (a terminal's colours), its end if it is long. */
export function pastedText(text: string): string {
  const plain = text
    .slice(-maxText * 2)
    // Escape sequences of terminals: CSI … letter, OSC … BEL or ST.
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  return plain.trim().slice(-maxText);
}

/** The first line that says something, for a row. */
export function firstLine(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  return line.trim().slice(0, 120);
}
