using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Odm.Classify.Readers;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Reviews;
using Odm.Tests;

namespace Odm.Pipeline.Tests.Reviews;

public sealed class ReviewFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Half_are_real_and_each_class_has_as_many_of_both() => Prop.ForAll(
        Gen.Choose(0, 6).ArrayOf(6).ToArbitrary(), Gen.Choose(1, 12).ToArbitrary(), (counts, half) =>
        {
            // images by class: real, of one generator, of another
            var real = Set(real: true, counts[0], counts[1]);
            (string, ImageSet)[] sets = [("real", real), ("dm", Set(real: false, counts[2], counts[3])), ("odm", Set(real: false, counts[4], counts[5], seed: 3))];
            var most = Math.Min(counts[0], counts[2] + counts[4]) + Math.Min(counts[1], counts[3] + counts[5]);
            if (half > most)
            {
                return Throws(() => ReviewMix.Draw(sets, new() { Count = 2 * half }));
            }
            var chosen = ReviewMix.Draw(sets, new() { Count = 2 * half, Seed = (ulong)half });
            int Of(int label, bool generated) => chosen.Count(c => c.Row.Label == label && c.Generated == generated);
            return chosen.Count == 2 * half && Of(0, true) == Of(0, false) && Of(1, true) == Of(1, false)
                && chosen.Select(c => c.Row.Sha256).Distinct(StringComparer.Ordinal).Count() == chosen.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Classes_and_synthetic_sets_get_equal_shares_where_there_are_enough_images()
    {
        var chosen = ReviewMix.Draw([("real", Set(real: true, 20, 20)), ("dm", Set(real: false, 20, 20)), ("odm", Set(real: false, 20, 20, seed: 3))], new() { Count = 24 });
        chosen.GroupBy(c => (c.Set, c.Row.Label)).Select(g => g.Count()).Order().ShouldBe([3, 3, 3, 3, 6, 6]);
    }

    [Fact]
    public void Equal_seeds_give_equal_bytes_and_another_seed_another_review()
    {
        var first = Make("a", new() { Count = 8, Seed = 1 });
        Make("b", new() { Count = 8, Seed = 1 }).ShouldBe(first);
        var other = Make("c", new() { Count = 8, Seed = 2 });
        Assert.NotEqual(first.Page, other.Page);
        ReviewKey.Read(folder["a/key.csv"]).Review.ShouldNotBe(ReviewKey.Read(folder["c/key.csv"]).Review);
    }

    [Fact]
    public void The_page_tells_neither_origin_nor_set_nor_id_and_loads_nothing()
    {
        var (page, key) = Make("a", new() { Count = 16, Ask = ReviewQuestions.Origin | ReviewQuestions.Grade | ReviewQuestions.Lesion });
        var truth = ReviewKey.Read(folder["a/key.csv"]);
        var items = JsonDocument.Parse(Regex.Match(page, "id=\"review\">(.*?)</script>", RegexOptions.Singleline, TimeSpan.FromSeconds(5)).Groups[1].Value).RootElement.GetProperty("items").EnumerateArray().ToArray();
        items.Select(i => i.GetProperty("item").GetString()).ShouldBe(truth.Items.Select(i => i.Item));
        items.ShouldAllBe(i => i.EnumerateObject().Select(p => p.Name).SequenceEqual(new[] { "item", "image", "outline" }));
        truth.Items.SkipWhile(i => i.Generated == truth.Items[0].Generated).Any(i => i.Generated == truth.Items[0].Generated).ShouldBeTrue(); // not one kind first
        foreach (var word in new[] { "synthetic", "dmset", "realset", "key.csv" })
        {
            page.ShouldNotContain(word);
        }
        Regex.Matches(page, "(?:src|href)=\"|https?:|url\\(|@import", RegexOptions.None, TimeSpan.FromSeconds(5)).ShouldBeEmpty();
        page.ShouldContain("default-src 'none'");
        key.Split('\n')[0].ShouldBe("review,item,truth,set,id,grade");
    }

    [Fact]
    public void An_outline_goes_round_the_pixels_of_the_mask()
    {
        // two pixels side by side in the second row of 3 x 4
        byte[] mask = [0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0];
        Outline.Path(mask, 3, 4).ShouldBe("M1 1h2M1 2h2M1 1v1M3 1v1");
        Outline.Path([255], 1, 1).ShouldBe("M0 0h1M0 1h1M0 0v1M1 0v1"); // up to the border
        Outline.Path(new byte[12], 3, 4).ShouldBe("");
    }

    [Fact]
    public void What_does_not_belong_together_is_one_line_and_leaves_nothing()
    {
        var real = Set(real: true, 4, 4);
        Fault(("realset", real)).ShouldBe("realset: no synthetic image; give a set with some beside the real one");
        Fault(("dmset", Set(real: false, 4, 4))).ShouldStartWith("dmset: no real image");
        Fault(("realset", real), ("dmset", Set(real: false, 4, 4, side: 8))).ShouldStartWith("dmset: images of 3x8x8, in realset of 3x6x6");
        Fault(("realset", real), ("dmset", Set(real: false, 4, 4, classes: ["0", "2"]))).ShouldStartWith("dmset: classes 0, 2; in realset they are 0, 1");
        Fault(("realset", real), ("dmset", Set(real: false, 0, 4))).ShouldBe("realset, dmset: 8 images can be balanced by origin and class; --count is 10");
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
        folder.Write("out/key.csv", "kept");
        Fault(("realset", real), ("dmset", Set(real: false, 9, 9))).ShouldContain("exists; give a new folder");
        File.ReadAllText(folder["out/key.csv"]).ShouldBe("kept");

        string Fault(params (string, ImageSet)[] sets)
            => Should.Throw<DatasetException>(() => ReviewFolder.Make(sets, new() { Count = 10 }, folder["out"])).Message;
    }

    private (string Page, string Key) Make(string name, ReviewConfig config)
    {
        ReviewFolder.Make([("realset", Set(real: true, 10, 10)), ("dmset", Set(real: false, 10, 10))], config, folder[name]);
        return (File.ReadAllText(folder[name + "/review.html"]), File.ReadAllText(folder[name + "/key.csv"]));
    }

    private static bool Throws(Action act)
    {
        try
        {
            act();
            return false;
        }
        catch (DatasetException)
        {
            return true;
        }
    }

    // images of noise, with a mask each
    private static ImageSet Set(bool real, int first, int second, int side = 6, string[]? classes = null, ulong seed = 2)
    {
        var n = first + second;
        var rng = Rng.For(real ? 1UL : seed, "review test");
        byte[] Noise(int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)rng.NextInt(256))];
        return ImageSet.FromPixels(Noise(n * 3 * side * side), 3, side, side, [.. Enumerable.Range(0, n).Select(i => new ImageRow
        {
            Id = $"{i}",
            Label = i < first ? 0 : 1,
            Origin = real ? ImageRow.Real : ImageRow.Synthetic,
        })], classes ?? ["0", "1"], [.. Noise(n * side * side).Select(b => (byte)(b < 128 ? 0 : 255))]);
    }
}
