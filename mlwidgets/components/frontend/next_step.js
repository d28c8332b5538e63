export default {
  data() { return { copied: false }; },
  computed: {
    link() { return pageAddress('trading', this.query); },
    target() { return isOwnPage() ? null : '_blank'; },
  },
  watch: { command() { this.copied = false; } },
  methods: {
    async copy() {
      try {
        await navigator.clipboard.writeText(this.command);
      } catch {
        // Without https a browser keeps the clipboard to itself: what is selected can be copied.
        getSelection().selectAllChildren(this.$refs.command);
        document.execCommand('copy');
      }
      this.copied = true;
    },
  },
};
