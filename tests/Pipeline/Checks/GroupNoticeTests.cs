using System.Globalization;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Preparing;
using Odm.Tests;

namespace Odm.Pipeline.Tests;

/// <summary>Patients on one side, and what is said where the data name none.</summary>
public sealed class GroupNoticeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Eyepacs_yaml_keeps_both_eyes_of_a_patient_on_one_side_without_a_prepared_table()
    {
        var (study, prepared) = Eyes("group_pattern: '^(\\d+)_'", null);
        var sides = prepared.All.Rows.GroupBy(r => r.Source.Split('_')[0], StringComparer.Ordinal).Select(g => (g.Count(), g.Select(r => r.Split).Distinct(StringComparer.Ordinal).Count())).ToList();
        sides.Count.ShouldBe(60);
        sides.ShouldAllBe(s => s.Item1 == 2 && s.Item2 == 1);
        GroupNotice.Line(study, prepared).ShouldBeNull();
    }

    [Fact]
    public void Data_that_name_no_patients_are_said_to_unless_that_is_on_purpose()
    {
        var (study, prepared) = Eyes("group_pattern: '^(\\d+)_'", "");
        GroupNotice.Line(study, prepared)!.ShouldContain("or say groups: none");
        var (quiet, same) = Eyes("group_pattern: '^(\\d+)_'", "groups: none");
        GroupNotice.Line(quiet, same).ShouldBeNull();
    }

    [Fact]
    public void Images_without_a_patient_beside_others_are_counted()
    {
        var (study, prepared) = Eyes("group_pattern: '^(\\d+)_'", "group_column: patient", (patient, _) => patient < 50 ? $"p{patient}" : "");
        GroupNotice.Line(study, prepared).ShouldBe("20 of 120 images name no patient (the first is 50_left), so each of them counts as one: two images of a patient may stand on two sides of the split");
    }

    [Fact]
    public void A_study_of_a_single_class_is_refused()
        => Should.Throw<StudyException>(() => Eyes("group_pattern: '^(\\d+)_'", "groups: none", grades: 1, set: "dataset.classes=[0]"))
            .Message.ShouldContain("dataset: all images are of one class (0); a classifier needs two or more");

    // the shipped file, with the field replaced, on drawn photographs named as the published ones
    private (Study Study, Prepared Prepared) Eyes(string field, string? replaced, Func<int, string, string>? group = null, int grades = 5, string? set = null)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Odm.sln")))
        {
            root = Path.GetDirectoryName(root.TrimEnd('/'))!;
        }

        var text = File.ReadAllText(Path.Combine(root, "configs", "eyepacs.yaml"));
        text.ShouldContain(field);
        var file = folder.Write("study.yaml", replaced is null ? text : text.Replace(field, replaced, StringComparison.Ordinal));
        var table = "image,level,patient\n";
        Directory.CreateDirectory(folder["images"]);
        for (var patient = 0; patient < 60; patient++)
        {
            foreach (var side in new[] { "left", "right" })
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{patient}_{side}");
                var rng = Rng.For(1, name);
                ImageFiles.SavePng(folder[$"images/{name}.png"], [.. Enumerable.Range(0, 3 * 64 * 64).Select(_ => (byte)rng.NextInt(256))], 3, 64, 64);
                table += string.Create(CultureInfo.InvariantCulture, $"{name},{patient % grades},{group?.Invoke(patient, side)}\n");
            }
        }

        var study = StudyFile.Read(file, ["dataset.path=" + folder.Write("labels.csv", table), "dataset.images=" + folder["images"], "dataset.preprocess=[resize: 64]", .. set is null ? Array.Empty<string>() : [set]]);
        var context = new RunContext(TorchSharp.torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None);
        return (study, Preparation.Read(StudySources.Of(study, folder["run"]), folder["overlap.csv"], context));
    }
}
