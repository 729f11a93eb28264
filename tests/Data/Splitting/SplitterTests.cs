using FsCheck;
using FsCheck.Fluent;
using Odm.Data.Guarding;
using Odm.Data.Images;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;

namespace Odm.Data.Tests;

public class SplitterTests
{
    internal static ImageSet Set(IEnumerable<(int Label, string Group, string Split)> rows, int classes = 3)
    {
        var all = rows.Select((r, i) => new ImageRow { Id = $"i{i}", Label = r.Label, Group = r.Group, Split = r.Split }).ToArray();
        var pixels = new byte[all.Length * 4];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i >> (i % 4 * 8) % 24);
        }
        return ImageSet.FromPixels(pixels, 1, 2, 2, all, [.. Enumerable.Range(0, classes).Select(c => $"grade {c}")]);
    }

    private static ImageSet Set(int[] perClass, int perGroup = 1) =>
        Set(perClass.SelectMany((n, label) => Enumerable.Range(0, n).Select(i => (label, perGroup == 1 ? "" : $"p{label}-{i / perGroup}", ""))), perClass.Length);

    private static readonly SplitConfig Stratified = new() { Kind = SplitKind.Stratified, Val = .1, Test = .2 };

    [Fact]
    public void Ten_images_of_each_class_divide_seven_one_two()
    {
        var split = Splitter.Split(Set([10, 10, 10]), Stratified);
        split.OfSplit("train").ClassCounts().ShouldBe([7, 7, 7]);
        split.OfSplit("val").ClassCounts().ShouldBe([1, 1, 1]);
        split.OfSplit("test").ClassCounts().ShouldBe([2, 2, 2]);
    }

    [Fact]
    public void A_class_of_three_images_is_on_every_side_and_one_of_one_trains()
    {
        var split = Splitter.Split(Set([50, 3, 1]), Stratified);
        split.OfSplit("train").ClassCounts().ShouldBe([35, 1, 1]);
        split.OfSplit("val").ClassCounts().ShouldBe([5, 1, 0]);
        split.OfSplit("test").ClassCounts().ShouldBe([10, 1, 0]);
    }

    [Fact]
    public void Split_keeps_each_patient_on_one_side_and_every_image_on_some_side() => Prop.ForAll<byte, byte, ulong>((n, groups, seed) =>
    {
        var rng = new Rng(seed);
        var rows = Enumerable.Range(0, n + 30).Select(_ => (rng.NextInt(3), $"p{rng.NextInt(groups + 12)}", ""));
        var split = Splitter.Split(Set([(0, "a", ""), (1, "b", ""), (2, "c", ""), .. rows]), new SplitConfig { Kind = SplitKind.Group, Seed = seed });
        return split.Rows.All(r => ImageRow.Sides.Contains(r.Split)) && split.Rows.GroupBy(r => r.Group).All(g => g.Select(r => r.Split).Distinct().Count() == 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Groups_are_kept_together_by_default_and_torn_only_when_asked()
    {
        var set = Set([200, 60, 40], perGroup: 2);
        Torn(Splitter.Split(set, Stratified)).ShouldBe(0);
        Torn(Splitter.Split(set, Stratified with { By = SplitUnit.Image })).ShouldBeGreaterThan(0);

        static int Torn(ImageSet split) => split.Rows.GroupBy(r => r.Group).Count(g => g.Select(r => r.Split).Distinct().Count() > 1);
    }

    [Fact]
    public void Whole_groups_still_come_close_to_the_shares_in_every_class()
    {
        var split = Splitter.Split(Set([200, 60, 40], perGroup: 2), Stratified with { Kind = SplitKind.Group });
        split.OfSplit("train").ClassCounts().ShouldBe([140, 42, 28]);
        split.OfSplit("test").ClassCounts().ShouldBe([40, 12, 8]);
    }

    [Fact]
    public void Images_without_labels_split_at_random_and_by_group_whether_classes_are_named_or_not()
    {
        foreach (var classes in new[] { 0, 2 })
        {
            var split = Splitter.Split(Set([.. Enumerable.Range(0, 100).Select(i => (-1, $"video {i / 10}", ""))], classes), Stratified);
            ImageRow.Sides.Select(s => split.OfSplit(s).Count).ShouldBe([70, 10, 20]);
            split.Rows.GroupBy(r => r.Group).ShouldAllBe(g => g.Select(r => r.Split).Distinct().Count() == 1);
            ImageRow.Sides.Select(s => Splitter.Split(split, Stratified with { By = SplitUnit.Image }).OfSplit(s).Count).ShouldBe([70, 10, 20]);
            Guard.Check(split, allowOverlap: true, "unused.csv").Groups.ShouldBe(0);
        }
    }

    [Fact]
    public void Equal_seeds_split_alike_and_others_differently()
    {
        string[] Sides(ulong seed) => [.. Splitter.Split(Set([40, 40]), Stratified with { Seed = seed }).Rows.Select(r => r.Split)];
        Sides(4).ShouldBe(Sides(4));
        Sides(5).ShouldNotBe(Sides(4));
    }

    [Fact]
    public void The_official_split_is_left_as_it_is()
    {
        var set = Set([(0, "", "train"), (1, "", "train"), (0, "", "val"), (0, "", "test")], 2);
        Splitter.Split(set, new SplitConfig { Kind = SplitKind.Official }).Rows.ShouldBe(set.Rows);
    }

    [Fact]
    public void An_official_split_without_validation_takes_it_from_train_alone()
    {
        var set = Set([.. Enumerable.Range(0, 40).Select(i => (i % 2, "", "train")), .. Enumerable.Range(0, 10).Select(i => (i % 2, "", "test"))], 2);
        var split = Splitter.Split(set, new SplitConfig { Kind = SplitKind.Official, Val = .1 });
        split.OfSplit("val").ClassCounts().ShouldBe([2, 2]);
        split.OfSplit("train").ClassCounts().ShouldBe([18, 18]);
        split.Rows.Skip(40).ShouldAllBe(r => r.Split == "test");
    }

    [Fact]
    public void What_does_not_suit_the_data_is_refused_in_words()
    {
        Refused(Set([3, 3]), new() { Kind = SplitKind.Official }).ShouldContain("name no split");
        Refused(Set([(0, "", "train"), (0, "", "")], 1), new() { Kind = SplitKind.Official }).ShouldContain("1 images have no split, the first i1");
        Refused(Set([(0, "", "train"), (0, "", "val")], 1), new() { Kind = SplitKind.Official }).ShouldContain("no test");
        Refused(Set([3, 3]), new() { Kind = SplitKind.Group }).ShouldContain("group_column");
        Refused(Set([5, 0, 5]), Stratified).ShouldContain("a class without a training image: grade 1");

        static string Refused(ImageSet set, SplitConfig config) => Should.Throw<StudyException>(() => Splitter.Split(set, config)).Message;
    }

    [Fact]
    public void Every_fault_of_the_fields_is_told_at_once()
    {
        new SplitConfig { Kind = SplitKind.Stratified, Train = .7, Val = .1, Test = .2 }.Faults("split").ShouldBeEmpty();
        var faults = new SplitConfig { Kind = SplitKind.Stratified, Train = .5, Val = -1, Test = double.NaN }.Faults("split").ToArray();
        faults.Length.ShouldBe(3);
        faults[0].ShouldBe("split.val: -1; must be 0 up to below 1");
        Should.Throw<InvalidOperationException>(() => Splitter.Split(Set([3, 3]), new() { Kind = (SplitKind)9 })).Message.ShouldBe("no split is called 9");
    }
}
