// A model's files on their way to and from the kernel, piece by piece: a server takes no message
// of any size.
const PIECE = 384 * 1024;

const MODEL_FILES = {
  async bringFiles(chosen) {
    const files = [...chosen];
    if (!files.length || this.sending) return;
    if (files.length !== 2) { this.refuse(this.words.two_files); return; }
    const total = files.reduce((sum, file) => sum + file.size, 0);
    if (total > this.limit) { this.refuse(this.words.too_large); return; }
    let sent = 0, first = true;
    try {
      for (const file of files) {
        for (let at = 0; at === 0 || at < file.size; at += PIECE) {
          const data = await inBase64(file.slice(at, at + PIECE));
          this.bring({ name: file.name, at, size: file.size, data, first });
          first = false;
          sent += PIECE;
          this.sending = Math.min(1, sent / total);
        }
      }
    } catch (error) {
      this.refuse(String(error.message || error));
    }
    this.sending = 0;
  },
  download(name) {
    this.received = [];
    this.receiving = 1;
    this.fetch({ view: this.view, name, file: 0, at: 0 });
  },
  jupyter_piece(piece, buffers) {
    if (piece.view !== this.view) return;
    this.received.push(buffers[0]);
    const at = piece.at + buffers[0].byteLength;
    this.receiving = Math.max(1, Math.round((100 * (piece.file + at / piece.size)) / piece.files));
    if (at < piece.size) {
      this.fetch({ view: this.view, name: piece.name, file: piece.file, at });
      return;
    }
    saveFile(piece.title, this.received);
    this.received = [];
    if (piece.file + 1 < piece.files) {
      this.fetch({ view: this.view, name: piece.name, file: piece.file + 1, at: 0 });
    } else this.receiving = 0;
  },
};

async function inBase64(blob) {
  const reader = new FileReader();
  const read = new Promise((resolve, reject) => { reader.onload = resolve; reader.onerror = () => reject(reader.error); });
  reader.readAsDataURL(blob);
  await read;
  return reader.result.slice(reader.result.indexOf(',') + 1);
}

function saveFile(name, parts) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
