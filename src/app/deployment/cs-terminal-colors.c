/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The colours of a terminal: those of the window, light, dark or of high contrast. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-terminal-colors.h"

#include <adwaita.h>

#define N_COLORS 16

/* GNOME's palette, each tone dark enough for a light ground, and light enough for a dark one. */
static const char *const light[N_COLORS] = {
  "#241f31", "#c01c28", "#1c7c42", "#905300", "#1a5fb4", "#813d9c", "#0f6b73", "#77767b",
  "#5e5c64", "#e01b24", "#26a269", "#ae7b03", "#3584e4", "#9141ac", "#1a8a94", "#9a9996",
};
static const char *const dark[N_COLORS] = {
  "#3d3846", "#f66151", "#57e389", "#f8e45c", "#62a0ea", "#dc8add", "#5bc8d0", "#c0bfbc",
  "#77767b", "#ff7b63", "#8ff0a4", "#f9f06b", "#99c1f1", "#e5a5e7", "#93ddc2", "#f6f5f4",
};

static void
update_cb (VteTerminal *terminal)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  gboolean is_dark = adw_style_manager_get_dark (manager);
  const char *const *names = is_dark ? dark : light;
  GdkRGBA foreground, background, palette[N_COLORS];

  gdk_rgba_parse (&foreground, is_dark ? "#deddda" : "#241f31");
  gdk_rgba_parse (&background, is_dark ? "#1d1d20" : "#f6f5f4");
  if (adw_style_manager_get_high_contrast (manager))
    {
      gdk_rgba_parse (&foreground, is_dark ? "#ffffff" : "#000000");
      gdk_rgba_parse (&background, is_dark ? "#000000" : "#ffffff");
    }
  for (guint i = 0; i < N_COLORS; i++)
    gdk_rgba_parse (&palette[i], names[i]);
  vte_terminal_set_colors (terminal, &foreground, &background, palette, N_COLORS);
}

/**
 * cs_terminal_colors_follow: (skip)
 * @terminal: a terminal
 *
 * Gives it the colours of the window, from now on.
 */
void
cs_terminal_colors_follow (VteTerminal *terminal)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (update_cb), terminal,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (update_cb), terminal,
                           G_CONNECT_SWAPPED);
  update_cb (terminal);
}
