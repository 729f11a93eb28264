using Odm.Data.Import;

namespace Odm.Cli.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    [Theory]
    [InlineData("dataset.sise=3", "study.yaml: dataset.sise: unknown field (did you mean 'size'?)")]
    [InlineData("generators.dm.steps=many", "study.yaml: generators.dm.steps: a whole number was expected, not 'many'")]
    [InlineData("dataset.size=34", "image size 34 (dataset.size, or the last resize of dataset.preprocess) cannot be halved")]
    [InlineData("arms.odm.generator=odmm", "arms.odm.generator: 'odmm' is not one of generators (did you mean 'odm'?) (there are: dm, odm)")]
    [InlineData("arms.odm.plan={counts: {severe: 5}}", "arms.odm.plan.counts.severe: no such class; must be one of 0, 1, 2, 3, 4")]
    [InlineData("dataset.shares=[1, 0, 0, 0, 0]", "a class without a training image: 1")]
    [InlineData("arms.odm.copies=true", "arms.odm.copies: true; one thing fills the plan, and generator is given too")]
    [InlineData("arms.real.shuffle=true", "arms.real.shuffle: true; it shuffles the labels of synthetic images")]
    [InlineData("arms.odm.seeds=[1, 2]", "study.yaml: arms.odm.seeds: 2 of them; as many as the study's 1 are needed")]
    [InlineData("workers=0", "study.yaml: workers: 0; must be 1 to 64")]
    [InlineData("workers=2", "study.yaml: workers: 2; above 1 there must be no dropout: set generators.dm.network.dropout to 0")]
    [InlineData("device=tpu", "study.yaml: device: 'tpu'; must be one of auto, cpu, cuda, cuda:N")]
    [InlineData("image_metrics={ features: vgg }", "study.yaml: image_metrics.features: \"vgg\"; must be one of resnet18-imagenet,")]
    [InlineData("image_metrics={ class_mix: even }", "study.yaml: image_metrics.class_mix: \"even\"; must be one of equal, natural")]
    [InlineData("image_metrics={ count: 50000 }", "study.yaml: image_metrics.count: 50000; allowed beside class_mix: natural, the shares in which so many images are made")]
    [InlineData("image_metrics={ count: 5, class_mix: natural }", "study.yaml: image_metrics.count: 5; must be 10 to 1000000")]
    [InlineData("image_metrics=vgg", "study.yaml: image_metrics: \"vgg\"; must be one of resnet18-imagenet,")]
    [InlineData("study=a/b", "study.yaml: study: 'a/b'; a name of letters")]
    public void A_mistake_is_one_line_exit_2_and_leaves_nothing(string set, string message)
    {
        var runs = Path.Combine(odm.Folder, "run");
        var (code, output, error) = Executable.Run("run", odm.Write("study.yaml", Executable.Mini), "--set", set, "--out", runs);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain(message);
        error.TrimEnd('\n').ShouldNotContain("\n");
        Directory.GetFileSystemEntries(odm.Folder).Select(Path.GetFileName).ShouldBe(["study.yaml"]);
    }

    [Fact]
    public void An_arms_seeds_may_each_stand_once()
    {
        var (code, _, error) = Executable.Run("run", odm.Write("study.yaml", Executable.Mini), "--set", "seeds=[1, 2]", "--set", "arms.odm.seeds=[3, 3]");
        (code, error.TrimEnd('\n').Contains('\n')).ShouldBe((2, false));
        error.ShouldContain("study.yaml: arms.odm.seeds: [3, 3]; each may be given once");
    }

    [Fact]
    public void Faults_of_several_sections_stand_in_one_line()
    {
        var (code, _, error) = Executable.Run("run", odm.Write("study.yaml", Executable.Mini), "--set", "device=tpu", "--set", "generators.dm.steps=many", "--set", "downstream.recipe=cup");
        code.ShouldBe(2);
        error.ShouldContain("device: 'tpu'");
        error.ShouldContain("; ");
        error.ShouldContain("generators.dm.steps");
        error.ShouldContain("downstream.recipe: \"cup\"");
    }

    [Theory]
    [InlineData("run")]
    [InlineData("rum", "x.yaml")]
    [InlineData("run", "x.yaml", "--until", "never")]
    [InlineData("bench", "unet", "--channels", "many")]
    [InlineData("bench", "unet", "--size", "20")]
    [InlineData("data", "import", "--kind", "phantom")]
    [InlineData("score", "classes", "/no/such.csv")]
    [InlineData("score", "masks", "--truth", "/no/such", "--predicted", "/tmp")]
    [InlineData("score", "masks", "--truth", "/tmp")]
    [InlineData("score", "masks", "--truth", "/tmp", "--predicted", "/tmp", "--empty", "half")]
    [InlineData("score", "images", "--real", "/no/such", "--synthetic", "/no/such")]
    [InlineData("data", "import", "--kind", "image-mask", "--path", "/no/such", "--out", "/tmp/odm-never")]
    [InlineData("sample", "--generator", "/no/such", "--label", "1", "--out", "/tmp/odm-never")]
    public void A_wrong_command_line_is_one_line_and_exit_2(params string[] arguments)
    {
        var (code, output, error) = Executable.Run(arguments);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.Trim().ShouldNotBeEmpty();
        error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("--seed", "-1", "--seed: '-1'; must be a whole number from 0")]
    [InlineData("--count", "many", "--count: 'many'; must be a whole number")]
    [InlineData("--threshold", "half", "--threshold: 'half'; must be a number")]
    [InlineData("--mask-values", "1,x", "--mask-values: '1,x'; must be whole numbers from 0 to 65535, as in --mask-values 1,2")]
    public void A_value_that_does_not_parse_is_told_in_the_users_words(string option, string value, string message)
    {
        var (code, output, error) = Executable.Run("data", "import", "--kind", "phantom", option, value, "--out", Path.Combine(odm.Folder, "set"));
        (code, output).ShouldBe((2, ""));
        error.ShouldStartWith(message);
        error.ShouldNotContain("System.");
    }

    [Theory]
    [InlineData("study: a\n\n# note\ndataset: { kind: phantom\n\nsplit: stratified\n", "line 4: not valid YAML: a bracket or brace that is not closed")]
    [InlineData("study: a\n\n\ndataset:\n  kind: phantom\n\tsize: 3\n", "line 6: not valid YAML: ")]
    [InlineData("study: a\n\n\narms: *x\n", "line 4: not valid YAML: *x stands for nothing; no &x is above it")]
    [InlineData("study: a\n\n\narms: [a, b\n\n", "line 4: not valid YAML: ")]
    [InlineData("study: a\n\n\narms:\n  real: {}\n  real: {}\n", "line 6: not valid YAML: ")]
    public void A_fault_of_YAML_is_told_with_its_line_as_an_editor_counts(string text, string message)
    {
        var file = odm.Write("study.yaml", text);
        var (code, output, error) = Executable.Run("run", file, "--dry-run");
        (code, output, error.TrimEnd('\n').Contains('\n', StringComparison.Ordinal)).ShouldBe((2, "", false));
        error.ShouldStartWith($"{file}: {message}");
    }

    [Fact]
    public void What_an_import_leaves_out_is_one_line_of_its_report()
    {
        foreach (var i in new[] { 0, 1 })
        {
            ImageFiles.SavePng(Path.Combine(odm.Folder, "data", $"{i}", "x.png"), [.. Enumerable.Range(0, 192).Select(p => (byte)(p * (i + 3)))], 3, 8, 8);
        }
        odm.Write("data/0/notes.txt", "x");
        odm.Write("data/0/._x.png", "");
        var set = Path.Combine(odm.Folder, "set");
        var (code, output, _) = Executable.Run("data", "import", "--kind", "imagefolder", "--path", Path.Combine(odm.Folder, "data"), "--out", set);
        code.ShouldBe(0);
        output.ShouldEndWith("left out or changed: 1 file of another format (0/notes.txt); 1 hidden file or folder (0/._x.png)\n");
        Executable.Run("data", "show", set).Out.ShouldEndWith("(0/notes.txt); 1 hidden file or folder (0/._x.png)\n");
    }

    [Fact]
    public void A_mistake_in_the_data_is_one_line_and_leaves_nothing_but_the_list_of_overlaps()
    {
        var set = Path.Combine(odm.Folder, "set");
        Executable.Run("data", "import", "--kind", "phantom", "--size", "32", "--count", "60", "--out", set).Code.ShouldBe(0);
        var rows = Path.Combine(set, "rows.csv");
        File.WriteAllText(rows, File.ReadAllText(rows).Replace("patient-00001", "patient-00000", StringComparison.Ordinal));
        string[] arguments = ["run", odm.Write("study.yaml", Executable.Mini), "--set", "dataset={kind: set, path: " + set + "}", "--set", "split={kind: stratified, by: image, val: 0.3, test: 0.3}", "--out", Path.Combine(odm.Folder, "run")];
        var (code, output, error) = Executable.Run(arguments);
        (code, output).ShouldBe((2, ""));
        error.ShouldContain("is on several sides");
        error.TrimEnd('\n').ShouldNotContain("\n");
        Directory.GetFileSystemEntries(odm.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["run-overlap.csv", "set", "study.yaml"]);
    }

    [Fact]
    public void A_folder_with_another_study_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(odm.Folder, "run"));
        odm.Write("run/study.yaml", "study: other\n");
        var (code, _, error) = Executable.Run("run", odm.Write("study.yaml", Executable.Mini), "--out", Path.Combine(odm.Folder, "run"));
        code.ShouldBe(2);
        error.ShouldContain("holds the study 'other', this one is 'mini'");
        Directory.GetFileSystemEntries(Path.Combine(odm.Folder, "run")).Length.ShouldBe(1);
    }

    [Fact]
    public void A_folder_with_something_else_is_no_place_for_a_set()
    {
        odm.Write("precious.txt", "x");
        var (code, _, error) = Executable.Run("data", "import", "--kind", "phantom", "--count", "4", "--out", odm.Folder);
        code.ShouldBe(2);
        error.ShouldContain("exists and is no image set");
        File.Exists(Path.Combine(odm.Folder, "precious.txt")).ShouldBeTrue();
    }

    [Fact]
    public void The_phantom_is_imported_and_shown()
    {
        var set = Path.Combine(odm.Folder, "set");
        Executable.Run("data", "import", "--kind", "phantom", "--size", "32", "--count", "10", "--out", set).Code.ShouldBe(0);
        var (code, output, error) = Executable.Run("data", "show", set, "--sheet", Path.Combine(odm.Folder, "sheet.png"));
        (code, error).ShouldBe((0, ""));
        output.ShouldContain("10 images of 3x32x32 with masks");
        File.Exists(Path.Combine(odm.Folder, "sheet.png")).ShouldBeTrue();
    }

    [Fact]
    public void Scores_are_printed_with_four_decimals()
    {
        var (code, output, _) = Executable.Run("score", "classes", odm.Write("p.csv", "id,truth,prediction\na,0,1\nb,1,1\nc,0,0\n"));
        code.ShouldBe(0);
        output.ShouldStartWith("metric,label,value,ci_low,ci_high,n\naccuracy,,0.6667,");
    }

    [Fact]
    public void Masks_scored_against_themselves_have_a_Dice_of_one()
    {
        foreach (var i in new[] { 0, 1 })
        {
            ImageFiles.SavePng(Path.Combine(odm.Folder, "masks", $"{i}.png"), [.. Enumerable.Range(0, 64).Select(p => (byte)(p % 8 > 2 + i ? 255 : 0))], 1, 8, 8);
        }
        var masks = Path.Combine(odm.Folder, "masks");
        var (code, output, error) = Executable.Run("score", "masks", "--truth", masks, "--predicted", masks);
        (code, error).ShouldBe((0, ""));
        output.ShouldStartWith("metric,label,value,ci_low,ci_high,n\ndice_hard,,1.0000,1.0000,1.0000,2\ndice_soft,,1.0000,1.0000,1.0000,2\n");
        output.ShouldEndWith("hd95,,0.0000,0.0000,0.0000,2\ntp,,72.0000,,,2\nfp,,0.0000,,,2\nfn,,0.0000,,,2\ntn,,56.0000,,,2\n");
    }

    [Fact]
    public void Score_images_prints_a_row_a_fact_beside_its_floor()
    {
        foreach (var (name, seed) in new[] { ("a", "1"), ("b", "2"), ("c", "3") })
        {
            Executable.Run("data", "import", "--kind", "phantom", "--size", "32", "--count", "40", "--seed", seed, "--out", Path.Combine(odm.Folder, name)).Code.ShouldBe(0);
        }
        string[] arguments = ["score", "images", "--real", Path.Combine(odm.Folder, "a"), "--synthetic", Path.Combine(odm.Folder, "b"), "--held-out", Path.Combine(odm.Folder, "c")];
        var (code, output, error) = Executable.Run([.. arguments, "--features", "pixels"]);
        code.ShouldBe(0);
        var rows = output.TrimEnd('\n').Split('\n').Select(l => l.Split(',')).ToArray();
        rows[0].ShouldBe(["metric", "label", "value", "ci_low", "ci_high", "n"]);
        rows.ShouldAllBe(r => r.Length == 6);
        error.ShouldContain("rows of the whole set: equal class mix of 0\n"); // the one class with ten images a half
        rows.Single(r => r[0] == "kid" && r[1] == "")[5].ShouldBe(rows.Single(r => r[0] == "floor_kid" && r[1] == "")[5]);
        error.ShouldContain("! rows of the whole set: left out are classes 1 (");
        rows.Where(r => r[1] == "").Select(r => r[0]).ShouldBe(
        [
            "frechet_pixels", "frechet_pixels_infinity", "kid", "image_precision", "image_recall", "density", "coverage",
            "floor_frechet_pixels", "floor_kid", "floor_image_precision", "floor_image_recall", "floor_density", "floor_coverage", "ms_ssim", "floor_ms_ssim",
            "held_out_frechet_pixels", "gap_frechet_pixels", "held_out_kid", "gap_kid", "held_out_image_precision", "gap_image_precision",
            "held_out_image_recall", "gap_image_recall", "held_out_density", "gap_density", "held_out_coverage", "gap_coverage",
            "copy_rate_pixels", "nn_ratio_pixels", "copy_rate", "nn_ratio",
        ]);
        error.ShouldContain("fewer than the 192 dimensions of pixels");
        error.ShouldMatch("features [0-9]+ s, values [0-9]+ s, intervals [0-9]+ s\n");
        Executable.Run([.. arguments, "--features", "pixels", "--class-mix", "natural"]).Error.ShouldContain("rows of the whole set: natural class mix of 0\n");
        Executable.Run([.. arguments, "--features", "pixels", "--class-mix", "evenly"]).Code.ShouldBe(2);
        var mistake = Executable.Run([.. arguments, "--features", "incepton"]);
        (mistake.Code, mistake.Out, mistake.Error.TrimEnd('\n').Contains('\n', StringComparison.Ordinal)).ShouldBe((2, "", false));
        mistake.Error.ShouldStartWith("features: \"incepton\"; must be one of resnet18-imagenet,");
    }
}
