"""Small charts in one look: a title, a legend, bqplot marks that follow the theme."""
