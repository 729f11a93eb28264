using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Data.Tests;

public sealed class GroupPatternTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(@"^(\d+)_", "10", "9")]  // the first parenthesis
    [InlineData(@"^\d+", "10", "9")]     // all of it
    public void The_patient_is_found_in_the_file_name(string pattern, string first, string second)
    {
        Png("none/10_left.png", 1);
        Png("mild/10_right.png", 2);
        Png("mild/deep/9_left.png", 3);
        var set = Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path, GroupPattern = pattern });
        set.Rows.OrderBy(r => r.Source, StringComparer.Ordinal).Select(r => r.Group).ShouldBe([first, second, first]);
    }

    [Fact]
    public void In_a_table_it_looks_into_the_group_column_where_one_is_named_else_at_the_image()
    {
        Png("images/10_left.png", 1);
        Png("images/11_left.png", 2);
        var csv = folder.Write("t.csv", "image,label,visit\n10_left,0,P7-2019\n11_left,1,P7-2020\n");
        DatasetConfig config = new() { Kind = DatasetKind.Csv, Path = csv, Images = folder["images"], GroupPattern = "^([^-_]+)" };
        Importer.Import(config).Rows.Select(r => r.Group).ShouldBe(["10", "11"]);
        Importer.Import(config with { GroupColumn = "visit" }).Rows.Select(r => r.Group).ShouldBe(["P7", "P7"]);
    }

    [Fact]
    public void A_name_in_which_it_finds_nothing_is_named()
    {
        Png("a/10_left.png", 1);
        Png("a/left.png", 2);
        Should.Throw<DatasetException>(() => Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path, GroupPattern = @"^(\d+)_" }))
            .Message.ShouldBe(@"a/left.png: group_pattern '^(\d+)_' finds no group in 'left.png'");
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_before_anything_is_read()
    {
        Faults(new() { Kind = DatasetKind.Csv, Path = "x", GroupPattern = "(" }).ShouldContain("dataset.group_pattern: '(': no regular expression");
        Faults(new() { Kind = DatasetKind.MedMnist, Path = "x", GroupPattern = "a" }).ShouldContain("kind medmnist takes none; csv, imagefolder and image-mask do");
        Faults(new() { Kind = DatasetKind.ImageFolder, Path = "x", GroupPattern = "a", Groups = "t.csv" }).ShouldContain("given beside dataset.groups");
        Faults(new() { Kind = DatasetKind.Csv, Path = "x", GroupColumn = "p", Groups = "none" }).ShouldContain("groups: none, and dataset.group_column: p");
        Faults(new() { Kind = DatasetKind.MedMnist, Path = "x", Groups = "none" }).ShouldBeEmpty();
    }

    private static string Faults(DatasetConfig config) => string.Join('\n', config.Faults("dataset"));

    private void Png(string name, byte level)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        ImageFiles.SavePng(folder[name], Enumerable.Repeat(level, 3 * 8 * 8).ToArray(), 3, 8, 8);
    }
}
