export default {
  data() {
    return {
      view: `m${Math.random().toString(36).slice(2)}`, search: '', over: false, asking: '', typed: '', heir: '',
      sending: 0, receiving: 0, received: [],
    };
  },
  computed: {
    target() { return isOwnPage() ? null : '_blank'; },
    named() { return !this.details.needs_name || this.typed.trim() === this.details.name; },
    parts() {
      const files = this.details.files.map((file) => ({ name: file.name, value: file.size, note: '' }));
      return [
        [this.words.metrics, this.details.metrics], [this.words.config, this.details.config],
        [this.words.origin, this.details.origin], [this.words.files, files],
      ].filter(([, facts]) => facts.length).map(([title, facts]) => ({ title, facts }));
    },
  },
  watch: {
    'details.name'() { this.asking = ''; this.receiving = 0; },
    // A download that was refused ends; its reason stands in the details.
    'details.refusal'(why) { if (why) this.receiving = 0; },
    'offer.title'(title) { if (title) this.$nextTick(() => this.$refs.accept && this.$refs.accept.focus()); },
  },
  mounted() { this.search = this.filters.text; },
  methods: {
    ...MODEL_FILES,
    link(query) { return pageAddress('trading', query); },
    typeSearch() {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.filter({ name: 'text', value: this.search }), 150);
    },
    clearFilters() {
      this.search = '';
      for (const name of ['text', 'status', 'model_type']) this.filter({ name, value: '' });
      this.filter({ name: 'only_chosen', value: false });
    },
    askToDelete(name) {
      this.typed = this.heir = '';
      this.asking = name;
      this.$nextTick(() => { const [first] = [this.$refs.typed, this.$refs.sure].flat().filter(Boolean); if (first) first.focus(); });
    },
    sayDelete() {
      if (!this.named) return;
      this.delete({ name: this.asking, typed: this.typed, successor: this.heir });
      this.asking = '';
    },
  },
};
