export default {
  computed: {
    link() { return pageAddress('ml', `${this.query}${this.query ? '&' : ''}tab=train`); },
    target() { return isOwnPage() ? null : '_blank'; },
  },
};
