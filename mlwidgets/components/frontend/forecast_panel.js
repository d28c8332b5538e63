export default {
  computed: {
    link() { return pageAddress('ml', this.query); },
    target() { return isOwnPage() ? null : '_blank'; },
  },
};
