using System.Security.Cryptography;
using Odm.Data.Drawing;
using Odm.Data.Import;

namespace Odm.Data.Tests.Drawing;

public class CanvasTests
{
    [Fact]
    public void Every_printable_character_has_a_picture_of_its_own()
    {
        var pictures = Enumerable.Range(33, 94).Select(c => Picture(((char)c).ToString())).ToArray();
        pictures.Distinct(StringComparer.Ordinal).Count().ShouldBe(94);
        pictures.ShouldAllBe(p => p != Picture(" "));
    }

    [Fact]
    public void Capitals_stand_on_the_baseline_and_descenders_reach_below()
    {
        InkRows("HE").Last.ShouldBe(19); // baseline 20
        InkRows("pg").Last.ShouldBeInRange(21, 24);
    }

    [Theory]
    [InlineData(TextSize.Small)]
    [InlineData(TextSize.Large)]
    public void A_text_takes_the_columns_it_says_at_every_alignment(TextSize size)
    {
        var width = Canvas.TextWidth("HxH", size);
        var (first, last) = InkColumns("HxH", 10, size, Align.Left);
        (first, last).ShouldSatisfyAllConditions(c => c.first.ShouldBeInRange(10, 12), c => c.last.ShouldBeInRange(10 + width - 4, 10 + width));
        InkColumns("HxH", 90, size, Align.Right).Last.ShouldBeInRange(86, 90);
        Canvas.TextWidth("HxH", TextSize.Large).ShouldBeGreaterThan(Canvas.TextWidth("HxH"));
    }

    [Fact]
    public void Letters_of_European_languages_are_drawn_and_what_the_font_lacks_is_a_question_mark()
    {
        Picture("\u00e9").ShouldNotBe(Picture("?"));
        Picture("\u03b1").ShouldNotBe(Picture("?"));
        Picture("\u4e2d").ShouldBe(Picture("?"));
        Picture("\U0001f600").ShouldBe(Picture("?"));
    }

    [Fact]
    public void A_text_upwards_is_the_same_text_turned()
    {
        var canvas = new Canvas(40, 100);
        canvas.TextUpwards("HxH", 20, 50, Colour.Ink);
        var rows = Enumerable.Range(0, 100).Where(y => Enumerable.Range(0, 40).Any(x => canvas[x, y] != Colour.White)).ToArray();
        (rows[^1] - rows[0]).ShouldBeInRange(Canvas.TextWidth("HxH") - 5, Canvas.TextWidth("HxH") + 1);
        Enumerable.Range(20, 20).SelectMany(x => Enumerable.Range(0, 100).Select(y => canvas[x, y])).ShouldAllBe(c => c == Colour.White); // left of its baseline
    }

    [Fact]
    public void A_text_that_is_too_wide_is_cut_with_an_ellipsis()
    {
        Canvas.Shorten("short", 100).ShouldBe("short");
        var cut = Canvas.Shorten("a long class name", 60);
        cut.ShouldStartWith("a lon");
        cut.ShouldEndWith("\u2026");
        Canvas.TextWidth(cut).ShouldBeLessThanOrEqualTo(60);
    }

    [Fact]
    public void Drawing_outside_is_cut_and_not_an_error()
    {
        var canvas = new Canvas(8, 6);
        canvas.Fill(-5, -5, 7, 7, Colour.Ink);
        canvas.Line(-20, 3, 40, 3, Colour.Ink);
        canvas.Text("WW", 5, 4, Colour.Faint);
        canvas.Blit(new byte[100], 1, 10, 10, 4, 4);
        (canvas[0, 0], canvas[1, 1], canvas[2, 1]).ShouldBe((Colour.Ink, Colour.Ink, Colour.White));
    }

    [Fact]
    public void Blit_enlarges_planar_pixels_by_a_whole_factor()
    {
        var canvas = new Canvas(6, 4, Colour.Ink);
        canvas.Blit([1, 2, 11, 12, 21, 22], 3, 1, 2, 1, 1, scale: 2);
        (canvas[1, 1], canvas[2, 2], canvas[3, 1], canvas[4, 2]).ShouldBe((new(1, 11, 21), new(1, 11, 21), new(2, 12, 22), new(2, 12, 22)));
        (canvas[0, 1], canvas[5, 1], canvas[1, 0], canvas[1, 3]).ShouldBe((Colour.Ink, Colour.Ink, Colour.Ink, Colour.Ink));
    }

    [Fact]
    public void A_level_line_of_thickness_two_covers_its_row_and_half_of_each_neighbour()
    {
        var canvas = new Canvas(20, 9);
        canvas.Line(2, 4, 17, 4, Colour.Ink, thickness: 2);
        canvas[10, 4].ShouldBe(Colour.Ink);
        Math.Abs(canvas[10, 3].G - Colour.White.Toward(Colour.Ink, 0.5).G).ShouldBeLessThanOrEqualTo(2);
        Math.Abs(canvas[10, 5].G - canvas[10, 3].G).ShouldBeLessThanOrEqualTo(2);
        canvas[10, 2].ShouldBe(Colour.White);
    }

    [Fact]
    public void The_saved_png_holds_the_pixels_and_equal_drawings_give_equal_bytes()
    {
        var folder = Directory.CreateTempSubdirectory("odm-canvas");
        try
        {
            string Save(string name)
            {
                var canvas = new Canvas(40, 20);
                canvas.Text("Ag 12", 2, 12, Colour.Series[0]);
                canvas.Save(Path.Combine(folder.FullName, name));
                return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.FullName, name))));
            }
            Save("a.png").ShouldBe(Save("b.png"));
            var pixels = ImageFiles.Decode(Path.Combine(folder.FullName, "a.png"));
            (pixels.Width, pixels.Height, pixels.Channels).ShouldBe((40, 20, 3));
            pixels.Planar.Take(800).Count(v => v < 60).ShouldBeGreaterThan(20);
            folder.GetFiles().Length.ShouldBe(2); // nothing left beside
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Canvas Drawn(string text, int x = 10, TextSize size = TextSize.Small, Align align = Align.Left)
    {
        var canvas = new Canvas(100, 30);
        canvas.Text(text, x, 20, Colour.Ink, size, align);
        return canvas;
    }

    private static string Picture(string text)
    {
        var canvas = Drawn(text);
        return string.Join(' ', Enumerable.Range(0, 3000).Select(i => canvas[i % 100, i / 100].G));
    }

    private static (int First, int Last) InkRows(string text)
    {
        var canvas = Drawn(text);
        var rows = Enumerable.Range(0, 30).Where(y => Enumerable.Range(0, 100).Any(x => canvas[x, y].G < 128)).ToArray();
        return (rows[0], rows[^1]);
    }

    private static (int First, int Last) InkColumns(string text, int x, TextSize size, Align align)
    {
        var canvas = Drawn(text, x, size, align);
        var columns = Enumerable.Range(0, 100).Where(c => Enumerable.Range(0, 30).Any(y => canvas[c, y].G < 200)).ToArray();
        return (columns[0], columns[^1]);
    }
}
