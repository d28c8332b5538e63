let trainProgresses = 0;

export default {
  data() { trainProgresses += 1; return { uid: `mlw-train-more-${trainProgresses}` }; },
  computed: {
    link() { return pageAddress('trading', this.query); },
    target() { return isOwnPage() ? null : '_blank'; },
  },
};
