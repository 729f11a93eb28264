using Odm.Data.Images;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Data.Tests;

public sealed class SplitListsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static ImageSet Set(params string[] sources) => ImageSet.FromPixels(new byte[sources.Length * 4], 1, 2, 2,
        [.. sources.Select((s, i) => new ImageRow { Id = $"i{i}", Label = 0, Source = s })], ["one"]);

    private SplitConfig Lists(string train, string test, string? val = null)
    {
        folder.Write("train.txt", train);
        folder.Write("test.txt", test);
        if (val is not null)
        {
            folder.Write("val.txt", val);
        }
        return new() { Kind = SplitKind.Lists, Lists = folder.Path, Val = 0 };
    }

    [Fact]
    public void Each_image_goes_where_its_name_is_listed_with_or_without_a_prefix()
    {
        var split = Splitter.Split(Set("a_1.jpg", "sub/b.png", "c.jpg", "d.jpg"), Lists("datasets/train/0/0_a_1.jpg 0\n\nb.png\n", "x/7_c.jpg 7\n", "d\n"));
        split.Rows.Select(r => r.Split).ShouldBe(["train", "train", "test", "val"]);
    }

    [Fact]
    public void Names_with_spaces_and_equal_names_in_several_folders_are_told_apart()
    {
        var set = Set("eye 1.png", "eye 2.png", "left/0.png", "right/0.png", "caf\u00E9.png", "eye.png");
        var split = Splitter.Split(set, Lists("eye 1.png\ndata/left/0.png\ncafe\u0301.png 3\n", "eye 2.png 1\nright\\0.png\neye.png\n"));
        split.Rows.Select(r => r.Split).ShouldBe(["train", "test", "train", "test", "train", "test"]);
        Should.Throw<DatasetException>(() => Splitter.Split(set, Lists("0.png", "eye.png"))).Message
            .ShouldBe($"{folder["train.txt"]}: line 1: 0.png may be left/0.png or right/0.png; give the path");
        Should.Throw<DatasetException>(() => Splitter.Split(set, Lists("eye.png", "eye 3.png"))).Message
            .ShouldBe($"{folder["test.txt"]}: line 1: eye 3.png is not one of the 6 images");
    }

    [Fact]
    public void Without_a_list_for_validation_part_of_the_training_images_validates()
    {
        var names = Enumerable.Range(0, 20).Select(i => $"n{i}.jpg").ToArray();
        var split = Splitter.Split(Set(names), Lists(string.Join('\n', names[..10]), string.Join('\n', names[10..])) with { Val = .2 });
        (split.OfSplit("train").Count, split.OfSplit("val").Count, split.OfSplit("test").Count).ShouldBe((8, 2, 10));
    }

    [Theory]
    [InlineData("a.jpg\nz.jpg", "b.jpg", "train.txt: line 2: z.jpg is not one of the 2 images")]
    [InlineData("a.jpg", "a.jpg\nb.jpg", "test.txt: line 1: a.jpg is listed already, in train.txt")]
    [InlineData("a.jpg", "", "image b.jpg is in no list")]
    public void A_list_that_does_not_fit_is_named(string train, string test, string message) =>
        Should.Throw<DatasetException>(() => Splitter.Split(Set("a.jpg", "b.jpg"), Lists(train, test))).Message.ShouldContain(message);

    [Fact]
    public void A_split_is_also_a_word()
    {
        SplitConfig.Parse("grouped").Kind.ShouldBe(SplitKind.Group);
        SplitConfig.Parse("stratified").Kind.ShouldBe(SplitKind.Stratified);
        SplitConfig.Parse("data/lists").ShouldBe(new() { Kind = SplitKind.Lists, Lists = "data/lists" });
        new SplitConfig { Kind = SplitKind.Lists }.Faults("split").ShouldHaveSingleItem().ShouldStartWith("split.lists: missing");
    }
}
