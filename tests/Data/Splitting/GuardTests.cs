using Odm.Data.Guarding;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Data.Tests;

public class GuardTests
{
    private static ImageRow Row(string id, string side, string group = "", string hash = "") => new() { Id = id, Split = side, Group = group, Sha256 = hash };

    private static (string, ImageRow)[] Sides(params ImageRow[] rows) => [.. rows.Select(r => (r.Split, r))];

    [Fact]
    public void Clean_sides_pass_and_write_no_list()
    {
        using var folder = new TemporaryFolder();
        Guard.Check(Sides(Row("a", "train", "p1", "x"), Row("b", "train", "p1", "x"), Row("c", "test", "p2", "y")), false, folder["list.csv"]).ShouldBe(new OverlapCount(0, 0, 0));
        File.Exists(folder["list.csv"]).ShouldBeFalse();
    }

    [Fact]
    public void Repeats_within_a_side_are_counted_and_those_with_another_label()
        => Guard.Within(Sides(Row("a", "train", "", "x") with { Label = 0 }, Row("b", "train", "", "x") with { Label = 1 }, Row("c", "train", "", "x") with { Label = 0 },
            Row("d", "test", "", "x"), Row("e", "test", "", "y"), Row("f", "val"), Row("g", "val"))).ShouldBe([("train", 2, 1)]);

    [Fact]
    public void A_patient_on_both_sides_stops_the_run_naming_it()
    {
        using var folder = new TemporaryFolder();
        var rows = Sides(Row("a", "train", "p1"), Row("b", "val", "p2"), Row("c", "test", "p1"));
        var message = Should.Throw<DatasetException>(() => Guard.Check(rows, false, folder["list.csv"])).Message;
        message.ShouldStartWith("group p1 is on several sides: a in train, c in test; in all 0 duplicates and 1 groups");
        message.ShouldContain(folder["list.csv"]);
        File.ReadAllText(folder["list.csv"]).ShouldBe("kind,key,side,id,distance\ngroup,p1,train,a,\ngroup,p1,test,c,\n");
    }

    [Fact]
    public void Equal_pixels_on_both_sides_stop_the_run_and_all_are_listed()
    {
        using var folder = new TemporaryFolder();
        var rows = Sides(Row("a", "train", "", "x"), Row("b", "test", "", "x"), Row("c", "val", "", "x"), Row("d", "train", "", "y"), Row("e", "test", "", "y"));
        Should.Throw<DatasetException>(() => Guard.Check(rows, false, folder["list.csv"])).Message
            .ShouldStartWith("the same image is on several sides: a in train, b in test; in all 2 duplicates and 0 groups");
        File.ReadAllLines(folder["list.csv"]).Length.ShouldBe(6);
    }

    [Fact]
    public void Allowed_overlap_is_counted_and_listed_without_stopping()
    {
        using var folder = new TemporaryFolder();
        var rows = Sides(Row("a", "train", "p", "x"), Row("b", "test", "p", "x"), Row("c", "test", "p", "z"));
        Guard.Check(rows, true, folder["list.csv"]).ShouldBe(new OverlapCount(1, 1, 3));
        File.Exists(folder["list.csv"]).ShouldBeTrue();
    }

    [Fact]
    public void Unknown_groups_match_nothing() => Guard.Find(Sides(Row("a", "train"), Row("b", "test"))).ShouldBeEmpty();

    [Fact]
    public void Every_duplicated_image_of_a_set_is_found()
    {
        var set = ImageSetTests.Sample(4);
        var twice = ImageSet.Concat(set, set);
        var split = twice.WithRows([.. twice.Rows.Select((r, i) => r with { Id = $"x{i}", Split = i < 4 ? "train" : "test" })]);
        Guard.Find(split.Rows.Select(r => (r.Split, r))).Count(o => o.Kind == "duplicate").ShouldBe(4);
    }

    [SharedDataFact("ham10000_200x150/HAM10000_metadata.csv")]
    public void The_lists_of_IOIS_share_lesions_between_training_and_test()
    {
        var lesions = File.ReadLines(SharedData.Path("ham10000_200x150/HAM10000_metadata.csv")).Skip(1).Select(l => l.Split(',')).ToDictionary(c => c[1], c => c[0]);
        (string, ImageRow)[] Side(string side) => [.. File.ReadLines(SharedData.Path($"ham10000_200x150/iois_split/{side}.txt"))
            .Select(line => line.Substring(line.IndexOf("ISIC_", StringComparison.Ordinal), 12)).Select(id => (side, Row(id, side, lesions[id])))];
        var (train, test) = (Side("train"), Side("test"));
        var shared = Guard.Find([.. train, .. test]).SelectMany(o => o.Places).Count(p => p.Side == "test");
        ((double)shared / test.Length).ShouldBe(.39, .01);
    }
}
