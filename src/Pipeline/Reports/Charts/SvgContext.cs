using System.Globalization;
using System.Text;
using OxyPlot;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>
/// Writes what OxyPlot draws as SVG that stands inside a page. OxyPlot's own exporter fixes the size in pixels, gives the clip paths of
/// every chart the same names, and has no titles for marks. Nothing is clipped here: the axes cover all marks.
/// </summary>
internal sealed class SvgContext : RenderContextBase
{
    // the widths of Arial's letters stand in OxyPlot's PDF writer: no font has to be on the machine; Liberation Sans has the same
    private const string Fonts = "Arial, 'Liberation Sans', Helvetica, sans-serif";
    private static readonly PdfRenderContext Arial = new(1, 1, OxyColors.Transparent);

    private readonly StringBuilder svg = new();
    private bool marked;
    private int clips;

    /// <inheritdoc/>
    public override int ClipCount => clips;

    /// <summary>A model as an <c>svg</c> element that fills the width it is given, up to its own.</summary>
    public static string Draw(PlotModel model, double width, double height)
    {
        var context = new SvgContext();
        context.svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"{(width > Panel.Half ? "panel whole" : "panel")}\" viewBox=\"0 0 "
            + $"{width:0} {height:0}\" style=\"max-width:{width:0}px\" role=\"img\" aria-label=\"{ChartText.Escaped(model.Title)}\" "
            + $"font-family=\"{Fonts}\">\n");
        ((IPlotModel)model).Update(true);
        ((IPlotModel)model).Render(context, new OxyRect(0, 0, width, height));
        context.SetToolTip(null);
        return context.svg.Append("</svg>\n").ToString();
    }

    /// <summary>Width of a text.</summary>
    public static double Width(string text, double fontSize, bool bold = false)
    {
        lock (Arial)
        {
            return Arial.MeasureText(string.Concat(text.Select(c => c <= 'ÿ' ? c : 'W')), "Arial", fontSize * 96 / 72, bold ? 700
                : 400).Width;
        }
    }

    /// <inheritdoc/>
    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
        => string.IsNullOrEmpty(text) ? OxySize.Empty : new(Width(text, fontSize, fontWeight > 500), 1.2 * fontSize);

    /// <summary>Opens a mark: what is drawn until the next call has this title.</summary>
    public override void SetToolTip(string? text)
    {
        svg.Append(marked ? "</g>\n" : "").Append(text is null ? "" : $"<g class=\"mark\"><title>{ChartText.Escaped(text)}</title>");
        marked = text is not null;
    }

    /// <inheritdoc/>
    public override void DrawLine(IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode,
        double[]? dashArray, LineJoin lineJoin)
        => Shape($"<polyline points=\"{Points(points)}\"", OxyColors.Undefined, stroke, thickness, dashArray);

    /// <inheritdoc/>
    public override void DrawPolygon(IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness,
        EdgeRenderingMode edgeRenderingMode, double[]? dashArray, LineJoin lineJoin)
        => Shape($"<polygon points=\"{Points(points)}\"", fill, stroke, thickness, dashArray);

    /// <inheritdoc/>
    public override void DrawRectangle(OxyRect rect, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
        => Shape($"<rect x=\"{Number(rect.Left)}\" y=\"{Number(rect.Top)}\" width=\"{Number(rect.Width)}\" height=\""
            + $"{Number(rect.Height)}\"", fill, stroke, thickness);

    /// <inheritdoc/>
    public override void DrawEllipse(OxyRect rect, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
        => Shape($"<ellipse cx=\"{Number(rect.Center.X)}\" cy=\"{Number(rect.Center.Y)}\" rx=\"{Number(rect.Width / 2)}\" ry=\""
            + $"{Number(rect.Height / 2)}\"", fill, stroke, thickness);

    /// <inheritdoc/>
    public override void DrawText(ScreenPoint p, string text, OxyColor fill, string fontFamily, double fontSize, double fontWeight,
        double rotate, HorizontalAlignment halign, VerticalAlignment valign, OxySize? maxSize)
    {
        var anchor = halign switch
        {
            HorizontalAlignment.Left => "",
            HorizontalAlignment.Center => " text-anchor=\"middle\"",
            _ => " text-anchor=\"end\""
        };
        var baseline = fontSize * valign switch { VerticalAlignment.Top => .95, VerticalAlignment.Middle => .35, _ => -.25 };
        var turn = rotate == 0 ? "" : $" rotate({Number(rotate)})";
        svg.Append($"<text transform=\"translate({Number(p.X)} {Number(p.Y)}){turn}\" y=\"{Number(baseline)}\"{anchor} font-size=\""
            + $"{Number(fontSize)}\"{(fontWeight > 500 ? " font-weight=\"600\"" : "")} fill=\"{Colour(fill)}\">"
            + $"{ChartText.Escaped(text)}</text>\n");
    }

    /// <inheritdoc/>
    public override void PushClip(OxyRect clippingRectangle) => clips++;

    /// <inheritdoc/>
    public override void PopClip() => clips--;

    /// <summary>A colour as HTML has it.</summary>
    public static string Colour(OxyColor colour)
        => string.Create(CultureInfo.InvariantCulture, $"#{colour.R:x2}{colour.G:x2}{colour.B:x2}");

    private void Shape(string element, OxyColor fill, OxyColor stroke, double thickness, double[]? dashes = null)
    {
        svg.Append(element).Append(fill.IsVisible() ? $" fill=\"{Colour(fill)}\"" : " fill=\"none\"")
            .Append(fill.IsVisible() && fill.A < 255 ? $" fill-opacity=\"{Number(fill.A / 255.0)}\"" : "");
        if (stroke.IsVisible() && thickness > 0)
        {
            svg.Append($" stroke=\"{Colour(stroke)}\" stroke-width=\"{Number(thickness)}\"")
                .Append(stroke.A < 255 ? $" stroke-opacity=\"{Number(stroke.A / 255.0)}\"" : "")
                .Append(dashes is { Length: > 0 } ? $" stroke-dasharray=\"{string.Join(' ', dashes.Select(Number))}\"" : "");
        }

        svg.Append("/>\n");
    }

    private static string Points(IEnumerable<ScreenPoint> points) => string.Join(' ', points.Select(p => $"{Number(p.X)},{Number(p.Y)}"));

    // + 0.0: no negative zero
    private static string Number(double value) => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);
}
