export default {
  computed: {
    target() { return isOwnPage() || this.here ? null : '_blank'; },
  },
  methods: {
    address(job) { return pageAddress('ml', job.query); },
    // With Ctrl or the middle button it is a link as any other.
    follow(event, job) {
      if (!this.here || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(job.id);
    },
  },
};
