export default {
  computed: {
    link() { return pageAddress('trading', this.query); },
    target() { return isOwnPage() ? null : '_blank'; },
  },
};
