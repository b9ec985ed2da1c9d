/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet of a deployment that people print, sign and file: a PDF. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-sheet.h"

#include "cs-error.h"
#include "cs-handwriting-drawing.h"
#include "cs-watch-story.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

/* A4, in points. */
#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define MARGIN 56.0
#define FOOTER 28.0
#define BOTTOM (PAGE_HEIGHT - MARGIN - FOOTER)
#define FONT "Cantarell, DejaVu Sans 9.5"
#define MONOSPACE "DejaVu Sans Mono"
#define BY_HAND \
  "Name ______________________  Date ____________  Time ________  Signature ______________________"
/* A paragraph that fits into this is not broken over two pages. */
#define KEPT_TOGETHER (PAGE_HEIGHT / 2)
/* As large as people sign on paper. */
#define HANDWRITING_WIDTH 200.0
#define HANDWRITING_HEIGHT 48.0

/* Pango markup; and below it a signer's handwriting, and more markup. */
typedef struct
{
  char *markup;
  CsHandwriting *handwriting;
  char *after;
} Paragraph;

struct _CsSheet
{
  char *title;
  char *footer;
  GPtrArray *paragraphs;
};

/* Where the pen is; without a context nothing is drawn, and only pages are counted. */
typedef struct
{
  cairo_t *cr;
  PangoContext *context;
  const char *footer;
  double y;
  guint page;
  guint n_pages;
} Pen;

static void
paragraph_free (Paragraph *paragraph)
{
  g_free (paragraph->markup);
  cs_handwriting_free (paragraph->handwriting);
  g_free (paragraph->after);
  g_free (paragraph);
}

static Paragraph *
add (CsSheet *self, char *markup)
{
  Paragraph *paragraph = g_new0 (Paragraph, 1);

  paragraph->markup = markup;
  g_ptr_array_add (self->paragraphs, paragraph);
  return paragraph;
}

static void
add_heading (CsSheet *self, const char *words)
{
  add (self, g_markup_printf_escaped ("\n<span size=\"130%%\" weight=\"bold\">%s</span>", words));
}

static void
add_fact (CsSheet *self, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    add (self, g_markup_printf_escaped ("<b>%s</b>  %s", name, value));
}

static void
add_digest (CsSheet *self, const char *name, const char *digest)
{
  add (self, g_markup_printf_escaped (
               "<b>%s</b>  <span face=\"" MONOSPACE "\" size=\"85%%\">%s</span>", name, digest));
}

static char *
format_time (gint64 at)
{
  g_autoptr (GDateTime) time =
    at > 0 ? g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S UTC") : NULL;
}

static void
add_time (CsSheet *self, const char *name, gint64 at)
{
  g_autofree char *text = format_time (at);

  add_fact (self, name, text);
}

static void
add_facts (CsSheet *self, CsDeployment *deployment)
{
  CsRunbook *runbook = cs_deployment_get_runbook (deployment);
  CsTarget *target = cs_deployment_get_target (deployment);

  add (self, g_markup_printf_escaped ("<span size=\"190%%\" weight=\"bold\">%s</span>\n",
                                      cs_deployment_get_title (deployment)));
  add_fact (self, "Deployment", cs_deployment_get_id (deployment));
  add_fact (self, "Version", cs_runbook_get_metadata (runbook, "Version"));
  add_fact (self, "Environment", cs_deployment_get_environment (deployment));
  add_fact (self, "Target", target != NULL ? cs_target_get_name (target) : NULL);
  add_fact (self, "Run by", cs_deployment_get_operator (deployment));
  add_fact (self, "Reason", cs_deployment_get_reason (deployment));
  add_time (self, "Opened", cs_deployment_get_opened_at (deployment));
  add_time (self, "Closed", cs_deployment_get_closed_at (deployment));
  add_digest (self, "Runbook, SHA-256", cs_runbook_get_digest (runbook));
  add_digest (self, "Head of the record, SHA-256", cs_deployment_get_head (deployment));
}

static void
add_phases (CsSheet *self, const char *heading, GListModel *phases)
{
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      g_autofree char *started = format_time (cs_phase_state_get_started (phase));
      g_autofree char *finished = format_time (cs_phase_state_get_finished (phase));

      /* A phase in which nothing but signatures stands has no act that begins it. */
      if (started == NULL)
        started = g_strdup (finished != NULL ? finished : "not begun");
      if (i == 0)
        add_heading (self, heading);
      add (self, g_markup_printf_escaped (
                   "<b>%s</b> — %s\n<span size=\"90%%\">%s – %s</span>",
                   cs_phase_get_title (cs_phase_state_get_phase (phase)),
                   cs_status_to_string (cs_phase_state_get_status (phase)),
                   started, finished != NULL ? finished : "not finished"));
    }
}

/* What the verification said, never what the record claims. */
static const char *
describe_proof (CsSignoffState *state)
{
  switch (cs_signoff_state_get_verified (state))
    {
    case CS_VERIFIED_GOOD:
      return "✓ signature verified";
    case CS_VERIFIED_BAD:
      return "✗ SIGNATURE NOT GOOD";
    case CS_VERIFIED_UNKNOWN:
    default:
      return "signature not verified yet";
    }
}

static char *
describe_signature (CsSignoffState *state)
{
  g_autofree char *at = format_time (cs_signoff_state_get_at (state));
  const char *comment = cs_signoff_state_get_comment (state);
  const char *key = cs_signoff_state_get_fingerprint (state);

  return g_markup_printf_escaped (
    "<b>%s</b> by %s (%s)\n%s%s%s%s\n"
    "<span face=\"" MONOSPACE "\" size=\"85%%\">%s</span>  <b>%s</b>\n",
    cs_signoff_state_get_approve (state) ? "Approved" : "REJECTED",
    cs_signoff_state_get_signer_name (state), cs_signoff_state_get_signer (state),
    at != NULL ? at : "", comment != NULL && *comment != '\0' ? " — “" : "",
    comment != NULL ? comment : "", comment != NULL && *comment != '\0' ? "”" : "",
    key != NULL ? key : "", describe_proof (state));
}

/* One that is under a signature that was found good; what can't be read any more is left out. */
static CsHandwriting *
read_handwriting (CsSignoffState *state)
{
  GBytes *bytes = cs_signoff_state_get_handwriting (state);

  return bytes != NULL ? cs_handwriting_new_from_bytes (bytes, NULL) : NULL;
}

static void
add_signoffs (CsSheet *self, GListModel *signoffs)
{
  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoffState) state = g_list_model_get_item (signoffs, i);
      CsSignoff *signoff = cs_signoff_state_get_signoff (state);
      const char *meaning = cs_signoff_get_meaning (signoff);
      gboolean is_signed = cs_signoff_state_get_signer (state) != NULL;
      g_autofree char *signature = is_signed ? describe_signature (state) : NULL;
      g_autofree char *line = g_markup_printf_escaped (
        "<span size=\"110%%\" weight=\"bold\">%s</span>%s%s\n", cs_signoff_get_role (signoff),
        meaning != NULL ? " — " : "", meaning != NULL ? meaning : "");
      Paragraph *paragraph;

      if (i == 0)
        add_heading (self, "Sign-off");
      /* One paragraph, so that no page ends between a role and its signature. */
      paragraph = add (self, g_strconcat (line, signature != NULL ? signature : "", NULL));
      paragraph->handwriting = read_handwriting (state);
      paragraph->after = g_strdup ("\n" BY_HAND "\n");
    }
}

/**
 * cs_sheet_new:
 * @deployment: finished or not
 *
 * Notes down what the sheet says: which runbook, when each phase was begun and finished, and for
 * each line to sign who signed it, with which key, and whether that signature is good; and room to
 * sign on paper. Belongs in the thread of the deployment.
 *
 * Returns: (transfer full): the sheet
 */
CsSheet *
cs_sheet_new (CsDeployment *deployment)
{
  CsSheet *self = g_new0 (CsSheet, 1);

  self->title = g_strdup (cs_deployment_get_title (deployment));
  self->footer = g_strdup_printf ("Countersign · deployment %s", cs_deployment_get_id (deployment));
  self->paragraphs = g_ptr_array_new_with_free_func ((GDestroyNotify) paragraph_free);
  add_facts (self, deployment);
  add_phases (self, "Phases", cs_deployment_get_phases (deployment));
  if (cs_deployment_get_status (deployment) == CS_DEPLOYMENT_ROLLED_BACK)
    add_phases (self, "Rollback", cs_deployment_get_rollbacks (deployment));
  add_signoffs (self, cs_deployment_get_signoffs (deployment));
  return self;
}

/**
 * cs_sheet_add_watch:
 * @watched: (element-type CsRecord): the records of the deployment's watch, maybe none
 *
 * Has the sheet say what was measured afterwards: each verdict, each alarm and what became of it.
 */
void
cs_sheet_add_watch (CsSheet *self, GPtrArray *watched)
{
  g_autoptr (CsWatchStory) story = cs_watch_story_new (watched);

  if (story->verdicts->len > 0 || story->alarms->len > 0)
    add_heading (self, "Watched afterwards");
  for (guint i = 0; i < story->verdicts->len; i++)
    {
      CsRecord *record = story->verdicts->pdata[i];
      g_autofree char *time = format_time (cs_record_get_at (record));
      g_autofree char *words = cs_watch_story_describe (record);

      add (self, g_markup_printf_escaped ("%s  %s", time, words));
    }
  for (guint i = 0; i < story->alarms->len; i++)
    {
      const CsAlarm *alarm = story->alarms->pdata[i];
      g_autofree char *time = format_time (alarm->raised_at);
      g_autofree char *end = cs_watch_story_describe_end (alarm);

      add (self, g_markup_printf_escaped ("%s  <b>ALARM</b>  %s: %s\n%s", time, alarm->words,
                                          alarm->reason != NULL ? alarm->reason : "", end));
    }
}

static void
draw_footer (Pen *pen)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (pen->context);
  g_autofree char *text =
    g_strdup_printf ("%s · page %u of %u", pen->footer, pen->page, pen->n_pages);

  pango_layout_set_width (layout, (int) ((PAGE_WIDTH - 2 * MARGIN) * PANGO_SCALE));
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_text (layout, text, -1);
  cairo_move_to (pen->cr, MARGIN, PAGE_HEIGHT - MARGIN);
  pango_cairo_show_layout (pen->cr, layout);
}

static void
end_page (Pen *pen)
{
  if (pen->cr != NULL)
    {
      draw_footer (pen);
      cairo_show_page (pen->cr);
    }
  pen->page++;
  pen->y = MARGIN;
}

static PangoLayout *
lay_out (Pen *pen, const char *markup)
{
  PangoLayout *layout = pango_layout_new (pen->context);

  pango_layout_set_width (layout, (int) ((PAGE_WIDTH - 2 * MARGIN) * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_markup (layout, markup, -1);
  return layout;
}

static double
get_height (PangoLayout *layout)
{
  int height;

  pango_layout_get_size (layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

static void
draw_lines (Pen *pen, PangoLayout *layout)
{
  PangoLayoutIter *lines = pango_layout_get_iter (layout);

  do
    {
      PangoRectangle extents;
      double line_height;

      pango_layout_iter_get_line_extents (lines, NULL, &extents);
      line_height = (double) extents.height / PANGO_SCALE;
      if (pen->y + line_height > BOTTOM)
        end_page (pen);
      if (pen->cr != NULL)
        {
          double baseline = (double) (pango_layout_iter_get_baseline (lines) - extents.y);

          cairo_move_to (pen->cr, MARGIN, pen->y + baseline / PANGO_SCALE);
          pango_cairo_show_layout_line (pen->cr, pango_layout_iter_get_line_readonly (lines));
        }
      pen->y += line_height;
    }
  while (pango_layout_iter_next_line (lines));
  pango_layout_iter_free (lines);
}

static void
draw_handwriting (Pen *pen, CsHandwriting *handwriting)
{
  if (pen->y + HANDWRITING_HEIGHT > BOTTOM)
    end_page (pen);
  if (pen->cr != NULL)
    cs_handwriting_draw (handwriting, pen->cr, MARGIN, pen->y, HANDWRITING_WIDTH,
                         HANDWRITING_HEIGHT);
  pen->y += HANDWRITING_HEIGHT;
}

static void
draw_paragraph (Pen *pen, const Paragraph *paragraph)
{
  g_autoptr (PangoLayout) layout = lay_out (pen, paragraph->markup);
  g_autoptr (PangoLayout) after =
    paragraph->after != NULL ? lay_out (pen, paragraph->after) : NULL;
  double height = get_height (layout) + (after != NULL ? get_height (after) : 0) +
                  (paragraph->handwriting != NULL ? HANDWRITING_HEIGHT : 0);

  if (height < KEPT_TOGETHER && pen->y + height > BOTTOM)
    end_page (pen);
  draw_lines (pen, layout);
  if (paragraph->handwriting != NULL)
    draw_handwriting (pen, paragraph->handwriting);
  if (after != NULL)
    draw_lines (pen, after);
  pen->y += 4;
}

/* Twice: first to count the pages, then with their number at the foot of each. */
static void
draw (CsSheet *self, cairo_t *cr)
{
  g_autoptr (PangoFontMap) fonts = pango_cairo_font_map_new ();
  PangoContext *context = pango_font_map_create_context (fonts);
  PangoFontDescription *font = pango_font_description_from_string (FONT);
  guint n_pages = 0;

  pango_cairo_font_map_set_resolution (PANGO_CAIRO_FONT_MAP (fonts), 72);
  pango_context_set_font_description (context, font);
  pango_cairo_update_context (cr, context);
  for (guint pass = 0; pass < 2; pass++)
    {
      Pen pen = {
        .cr = pass == 0 ? NULL : cr,
        .context = context,
        .footer = self->footer,
        .y = MARGIN,
        .page = 1,
        .n_pages = n_pages,
      };

      for (guint i = 0; i < self->paragraphs->len; i++)
        draw_paragraph (&pen, self->paragraphs->pdata[i]);
      n_pages = pen.page;
      end_page (&pen);
    }
  pango_font_description_free (font);
  g_object_unref (context);
}

static cairo_status_t
write_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/**
 * cs_sheet_render:
 *
 * Lays the sheet out on A4 pages with their numbers; the fonts are embedded. Takes a moment, and
 * may be called in any thread.
 *
 * Returns: (transfer full): the PDF (ISO 32000-1); %NULL with %CS_ERROR_FAILED
 */
GBytes *
cs_sheet_render (CsSheet *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface =
    cairo_pdf_surface_create_for_stream (write_cb, bytes, PAGE_WIDTH, PAGE_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, self->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Countersign");
  draw (self, cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "The sheet can't be laid out: %s",
                   cairo_status_to_string (status));
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/** cs_sheet_free: */
void
cs_sheet_free (CsSheet *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->footer);
  g_ptr_array_unref (self->paragraphs);
  g_free (self);
}
