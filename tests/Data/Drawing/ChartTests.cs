using Odm.Data.Drawing;
using Odm.Data.Images;

namespace Odm.Data.Tests.Drawing;

public class ChartTests
{
    private static readonly Colour Outline = new(64, 255, 128);
    private static readonly int Top = 16 + Canvas.TextHeight(TextSize.Large) + 12;

    [Fact]
    public void A_curve_passes_through_the_pixel_of_each_of_its_points()
    {
        // x 0..100, y 0..1; with labels "0.0".."1.0" the plot begins at column 34 + their width
        var curve = new Curve("train", [(0, 0.2), (50, 0.8), (100, 0.4)]);
        var canvas = LineChart.Draw("Loss", "step", "loss", [curve], (0, 1), 400, 300);
        (canvas.Width, canvas.Height).ShouldBe((400, 300));
        var left = 34 + Canvas.TextWidth("0.2");
        foreach (var (x, y) in curve.Points)
        {
            var column = left + (int)Math.Round(x / 100 * (400 - left - 20 - 1));
            var row = 58 + (int)Math.Round((1 - y) * (300 - 58 - 44 - 1));
            ((int)canvas[column, row].R).ShouldBeLessThan(30, $"at ({x}, {y})"); // the first curve has no red, paper and grid 226 and more
            ((int)canvas[column, row - 12].R).ShouldBeGreaterThan(30);
        }
    }

    [Fact]
    public void Values_that_are_not_finite_break_a_curve_and_stop_nothing()
    {
        var broken = LineChart.Draw("", "", "", [new("a", [(0, 0.5), (1, double.NaN), (2, 0.5)])], (0, 1), 300, 200);
        var whole = LineChart.Draw("", "", "", [new("a", [(0, 0.5), (2, 0.5)])], (0, 1), 300, 200);
        Count(whole, Colour.Series[0]).ShouldBeGreaterThan(Count(broken, Colour.Series[0]) + 200);
        LineChart.Draw("empty", "x", "y", []).Width.ShouldBe(560);
    }

    [Theory]
    [InlineData(0, 1, 5, 0.2, "0.4")]
    [InlineData(0.03, 1.71, 5, 0.5, "0.5")]
    [InlineData(0, 60000, 6, 10000, "20,000")]
    [InlineData(-3, 9, 6, 2, "-2")]
    public void Ticks_stand_at_round_numbers(double low, double high, int ticks, double step, string label)
    {
        var axis = Axis.Over([low, high], ticks, widen: true);
        axis.Step.ShouldBe(step, 1e-12);
        axis.Ticks().Select(axis.Label).ShouldContain(label);
        axis.Low.ShouldBeLessThanOrEqualTo(low);
        axis.High.ShouldBeGreaterThanOrEqualTo(high);
    }

    [Fact]
    public void A_cell_of_the_matrix_is_as_dark_as_its_share_of_the_row()
    {
        var canvas = MatrixChart.Draw("t", ["0", "1"], new long[,] { { 30, 10 }, { 0, 0 } });
        var (left, top) = (48 + Canvas.TextWidth("0"), 78 + Canvas.TextHeight());
        Colour Cell(int truth, int prediction) => canvas[left + prediction * 56 + 4, top + truth * 56 + 4];
        Cell(0, 0).ShouldBe(Colour.White.Toward(new(8, 69, 131), 0.75));
        Cell(0, 1).ShouldBe(Colour.White.Toward(new(8, 69, 131), 0.25));
        Cell(1, 1).ShouldBe(Colour.White);
    }

    [Fact]
    public void A_matrix_that_does_not_fit_the_classes_is_refused() =>
        Should.Throw<ArgumentException>(() => MatrixChart.Draw("t", ["0", "1", "2"], new long[2, 2]));

    [Fact]
    public void A_sheet_has_a_row_a_class_and_enlarges_small_images_by_a_whole_factor()
    {
        var set = Set(size: 20, count: 7, masks: false); // drawn at 4 x 20 = 80 pixels
        var sheet = ContactSheet.OfClasses("sheet", set, perClass: 3);
        var left = 16 + Canvas.TextWidth("none", TextSize.Large) + 12;
        (sheet.Width, sheet.Height).ShouldBe((left + 3 * 84 - 4 + 16, Top + 2 * 80 + 4 + 16));
        sheet[left, Top].ShouldBe(new(0, 0, 0)); // image 0 is black, image 1 (the other class) 10, image 2 20
        sheet[left, Top + 84].ShouldBe(new(10, 10, 10));
        sheet[left + 84 + 79, Top + 79].ShouldBe(new(20, 20, 20));
        sheet[left + 84 + 80, Top + 79].ShouldBe(Colour.White);
    }

    [Fact]
    public void Real_and_synthetic_rows_alternate_and_missing_images_stay_blank()
    {
        var sheet = ContactSheet.RealBesideSynthetic("sheet", Set(64, 4, masks: false), Set(64, 2, masks: false, first: 100), perClass: 2);
        var left = 16 + Math.Max(Canvas.TextWidth("none", TextSize.Large), Canvas.TextWidth("synthetic")) + 12;
        sheet[left, Top].ShouldBe(new(0, 0, 0));
        sheet[left, Top + 68].ShouldBe(new(100, 100, 100));
        sheet[left + 68, Top + 68].ShouldBe(new(244, 245, 247));
    }

    [Fact]
    public void The_outline_of_a_mask_is_drawn_on_its_edge_alone()
    {
        var set = Set(32, 1, masks: true); // a square of 8 x 8 at (4, 4), drawn at 4 x 32 = 128 pixels
        var sheet = ContactSheet.Draw("sheet", [new("", set, [0])], 1, outlines: true);
        Count(sheet, Outline).ShouldBe(4 * (8 * 4) - 4);
        Count(ContactSheet.Draw("sheet", [new("", set, [0])], 1), Outline).ShouldBe(0);
    }

    private static int Count(Canvas canvas, Colour colour) =>
        Enumerable.Range(0, canvas.Height).Sum(y => Enumerable.Range(0, canvas.Width).Count(x => canvas[x, y] == colour));

    /// <summary>Two classes in turn; image i is grey of level first + 10 i.</summary>
    private static ImageSet Set(int size, int count, bool masks, int first = 0)
    {
        var mask = new byte[size * size];
        if (masks)
        {
            for (var y = 4; y < 12; y++)
            {
                mask.AsSpan(y * size + 4, 8).Fill(255);
            }
        }
        return ImageSet.FromImages(
            [.. Enumerable.Range(0, count).Select(i => Enumerable.Repeat((byte)(first + 10 * i), size * size).ToArray())], 1, size, size,
            [.. Enumerable.Range(0, count).Select(i => new ImageRow { Id = $"{i}", Label = i % 2 })], ["none", "mild"],
            masks ? [.. Enumerable.Repeat(mask, count)] : null);
    }
}
