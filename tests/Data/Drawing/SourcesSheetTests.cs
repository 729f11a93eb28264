using Odm.Data.Drawing;
using Odm.Data.Images;

namespace Odm.Data.Tests.Drawing;

public class SourcesSheetTests
{
    private static readonly Colour Vacant = new(244, 245, 247);

    // 32 px drawn at 96; two groups of six columns: 6 x 100 - 4 = 596 pixels, 20 apart; rows of 96 pixels begin below 78
    private const int Group = 596, Row = 100;
    private static readonly int Top = 16 + 2 * Canvas.TextHeight(TextSize.Large) + 24;
    private static readonly int Left = 16 + Canvas.TextWidth("severe", TextSize.Large) + 12;

    [Fact]
    public void Each_class_is_a_row_and_each_source_a_group_of_columns()
    {
        var sheet = SourcesSheet.Draw("t", [new("real", Set(0)), new("dm", Set(100))], [1, 2]);
        (sheet.Width, sheet.Height).ShouldBe((Left + 2 * Group + 20 + 16, Top + 2 * Row - 4 + 12 + Canvas.TextHeight() + 16));
        // image i of a set is of class i % 3 and grey of the set's level + 10 i
        sheet[Left, Top].ShouldBe(Grey(10));
        sheet[Left + 100 + 95, Top + 95].ShouldBe(Grey(40)); // enlarged threefold, to the tile's last pixel
        sheet[Left + 100 + 96, Top].ShouldBe(Colour.White);
        sheet[Left, Top + Row].ShouldBe(Grey(20));
        sheet[Left + Group + 20, Top].ShouldBe(Grey(110));
        sheet[Left + Group + 20 + 100, Top + Row].ShouldBe(Grey(150));
    }

    [Fact]
    public void What_a_source_lacks_stays_blank()
    {
        var sheet = SourcesSheet.Draw("t", [new("real", Set(0)), new("dm", Set(100).Select([0, 1, 3, 4]))], [1, 2]);
        sheet[Left + 200, Top].ShouldBe(Vacant); // two real images of class 1
        sheet[Left + Group + 20, Top + Row].ShouldBe(Vacant); // dm has none of class 2
    }

    [Fact]
    public void A_class_whose_name_is_a_number_is_called_class()
    {
        var sheet = SourcesSheet.Draw("t", [new("real", Set(0, classes: ["0", "1", "2"]))], [1]);
        sheet[16 + Canvas.TextWidth("class 1", TextSize.Large) + 12, Top].ShouldBe(Grey(10));
    }

    [Fact]
    public void With_more_sources_each_shows_fewer_images_so_that_the_width_stays()
    {
        var wide = SourcesSheet.Draw("t", [.. Enumerable.Range(0, 5).Select(i => new SheetSource($"g{i}", Set(i)))], [1]);
        wide.Width.ShouldBe(16 + Canvas.TextWidth("mild", TextSize.Large) + 12 + 5 * (3 * 100 - 4 + 20) - 20 + 16); // 1600 / 5 - 20 = 300: three
    }

    [Fact]
    public void Images_of_several_sizes_and_no_class_are_refused()
    {
        Should.Throw<ArgumentException>(() => SourcesSheet.Draw("t", [new("real", Set(0)), new("dm", Set(0, size: 16))], [1]));
        Should.Throw<ArgumentException>(() => SourcesSheet.Draw("t", [new("real", Set(0))], []));
    }

    private static Colour Grey(byte level) => new(level, level, level);

    private static ImageSet Set(int level, int size = 32, params string[] classes) => ImageSet.FromImages(
        [.. Enumerable.Range(0, 6).Select(i => Enumerable.Repeat((byte)(level + 10 * i), size * size).ToArray())], 1, size, size,
        [.. Enumerable.Range(0, 6).Select(i => new ImageRow { Id = $"{i}", Label = i % 3 })], classes.Length > 0 ? classes : ["none", "mild", "severe"], null);
}
