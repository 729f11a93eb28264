using System.Globalization;
using System.Xml.Linq;
using Odm.Pipeline.Reports.Charts;
using Odm.Pipeline.Reports.Html;

namespace Odm.Pipeline.Tests;

/// <summary>A chart as a browser would read it.</summary>
/// <param name="Panels">Its panels.</param>
internal sealed record SvgFigure(IReadOnlyList<XElement> Panels)
{
    /// <summary>The marks of all panels.</summary>
    public IReadOnlyList<XElement> Marks => [.. Panels.SelectMany(p => p.Elements("g"))];

    /// <summary>The titles of the marks.</summary>
    public IReadOnlyList<string> Titles => [.. Marks.Select(m => m.Element("title")!.Value)];

    /// <summary>All texts of a panel.</summary>
    public static IReadOnlyList<string> Texts(XElement panel) => [.. panel.Descendants("text").Select(t => t.Value)];

    /// <summary>A chart.</summary>
    public static SvgFigure Of(Chart? chart) => Of(Markup.Figure(chart));

    /// <summary>A figure of a page.</summary>
    public static SvgFigure Of(string html)
        => new([.. XElement.Parse($"<all>{html}</all>").Descendants("svg").Where(e => e.Attribute("role")?.Value == "img")]);

    /// <summary>A number of an element.</summary>
    public static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    /// <summary>The ends of a line.</summary>
    public static (double X, double Y)[] Points(XElement line)
        => [.. line.Attribute("points")!.Value.Split(' ').Select(p => p.Split(',')).Select(p => (double.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture)))];

    /// <summary>The corners of each text's box, turned as it is.</summary>
    public static IReadOnlyList<(string Text, (double X, double Y)[] Corners)> Boxes(XElement panel) => [.. panel.Descendants("text").Select(t =>
    {
        var numbers = t.Attribute("transform")!.Value.Split(['(', ')', ' '], StringSplitOptions.RemoveEmptyEntries).Where(s => char.IsAsciiDigit(s[^1])).Select(s => double.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        var (size, baseline) = (Number(t, "font-size"), Number(t, "y"));
        var width = SvgContext.Width(t.Value, size, t.Attribute("font-weight") is not null);
        var left = t.Attribute("text-anchor")?.Value switch { "middle" => -width / 2, "end" => -width, _ => 0 };
        var (sin, cos) = Math.SinCos(numbers.Length > 2 ? numbers[2] * Math.PI / 180 : 0);
        var box = new[] { (left, baseline - .72 * size), (left + width, baseline - .72 * size), (left + width, baseline), (left, baseline) };
        return (t.Value, box.Select(c => (numbers[0] + c.Item1 * cos - c.Item2 * sin, numbers[1] + c.Item1 * sin + c.Item2 * cos)).ToArray());
    })];

    /// <summary>Whether two boxes have a point in common: no side of either separates them.</summary>
    public static bool Overlap((double X, double Y)[] a, (double X, double Y)[] b)
        => new[] { a, b }.All(box => Enumerable.Range(0, 2).All(i =>
        {
            var (x, y) = (box[i + 1].X - box[i].X, box[i + 1].Y - box[i].Y);
            var (p, q) = (a.Select(c => c.X * x + c.Y * y).ToList(), b.Select(c => c.X * x + c.Y * y).ToList());
            return p.Max() > q.Min() && q.Max() > p.Min();
        }));
}
