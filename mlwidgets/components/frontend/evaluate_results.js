export default {
  data() { return { id: `measured-${Math.random().toString(36).slice(2)}-` }; },
  computed: { asked() { return this.save_button.doubts.length > 0; } },
  watch: {
    // The safe answer has the focus while the question stands, and the button has it back after.
    asked(now) { this.$nextTick(() => (now ? this.$refs.keep : this.$refs.save)?.focus()); },
  },
};
