/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says what was recognised in a line and why, and offers to overrule it. */

#define G_LOG_DOMAIN "cs-finding-popover"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-finding-popover.h"
#include "cs-finding.h"
#include "cs-phase-words.h"

#define MAX_WIDTH_CHARS 44

static const struct
{
  const char *what;
  const char *value;
  const char *label;
} choices[] = {
  { CS_OVERRULE_BLOCK, "command", N_("Treat as Command") },
  { CS_OVERRULE_BLOCK, "expected", N_("Treat as Expected Output") },
  { CS_OVERRULE_BLOCK, "file", N_("Treat as File") },
  { CS_OVERRULE_BLOCK, "sample", N_("Treat as Sample") },
  { CS_OVERRULE_CHECK, "none", N_("Not a Check") },
  { CS_OVERRULE_SIGNOFF, "none", N_("Not a Sign-Off") },
};

static GtkWidget *
new_button (const char *label, CsFinding *finding, const char *value)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_halign (gtk_button_get_child (GTK_BUTTON (button)), GTK_ALIGN_START);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), CS_FINDING_ACTION);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), CS_FINDING_ACTION_TYPE,
                                    cs_finding_get_line (finding), cs_finding_get_what (finding),
                                    value);
  return button;
}

static void
add_phase_kinds (GtkBox *box, CsFinding *finding)
{
  GtkWidget *grid = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (grid), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (grid), 3);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (grid), 3);
  for (CsPhaseKind kind = CS_PHASE_PREPARE; kind <= CS_PHASE_REFERENCE; kind++)
    {
      const char *value = cs_phase_kind_to_string (kind);

      if (g_strcmp0 (value, cs_finding_get_value (finding)) != 0)
        gtk_flow_box_append (GTK_FLOW_BOX (grid),
                             new_button (cs_phase_words_of (kind), finding, value));
    }
  gtk_box_append (box, grid);
}

static void
add_choices (GtkBox *box, CsFinding *finding)
{
  const char *what = cs_finding_get_what (finding);

  if (cs_finding_is_overruled (finding))
    gtk_box_append (box, new_button (_("Take the Decision Back"), finding, ""));
  if (g_str_equal (what, CS_OVERRULE_PHASE))
    add_phase_kinds (box, finding);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      if (g_str_equal (choices[i].what, what) &&
          g_strcmp0 (choices[i].value, cs_finding_get_value (finding)) != 0)
        gtk_box_append (box, new_button (_(choices[i].label), finding, choices[i].value));
    }
}

static GtkWidget *
new_heading (CsFinding *finding)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name (cs_finding_get_icon (finding));
  GtkWidget *title = gtk_label_new (cs_finding_get_title (finding));

  gtk_widget_add_css_class (title, "heading");
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), title);
  return box;
}

static GtkWidget *
new_words (CsFinding *finding)
{
  GtkWidget *label = gtk_label_new (cs_finding_get_why (finding));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_WIDTH_CHARS);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

/**
 * cs_finding_popover_get_choice:
 * @what: `CS_OVERRULE_…`
 * @value: a value that one of the popover's buttons stands for
 *
 * Returns: what that button says
 */
const char *
cs_finding_popover_get_choice (const char *what, const char *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      if (g_str_equal (choices[i].what, what) && g_str_equal (choices[i].value, value))
        return _(choices[i].label);
    }
  for (CsPhaseKind kind = CS_PHASE_PREPARE; kind <= CS_PHASE_REFERENCE; kind++)
    {
      if (g_str_equal (cs_phase_kind_to_string (kind), value))
        return cs_phase_words_of (kind);
    }
  return value;
}

/**
 * cs_finding_popover_new:
 * @findings: (element-type CsFinding): what stands in one line
 * @can_overrule: whether to offer that
 *
 * Returns: (transfer floating): a popover that still needs its parent
 */
GtkWidget *
cs_finding_popover_new (GPtrArray *findings, gboolean can_overrule)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  for (guint i = 0; i < findings->len; i++)
    {
      CsFinding *finding = g_ptr_array_index (findings, i);

      if (i > 0)
        gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
      gtk_box_append (GTK_BOX (box), new_heading (finding));
      gtk_box_append (GTK_BOX (box), new_words (finding));
      if (can_overrule && cs_finding_get_what (finding) != NULL)
        add_choices (GTK_BOX (box), finding);
    }
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 6);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  return popover;
}
