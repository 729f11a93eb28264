using System.Diagnostics;
using Odm.Tests;

namespace Odm.Cli.Tests.Nightly;

/// <summary>Three quiet nights of a study and a bench of seconds, one with slowed kernels, one with a spoilt learning rate.</summary>
public sealed class FiveNights : IDisposable
{
    // bounds far beyond what other work beside the tests does, and far below what 300 times slower kernels do
    internal const string File = """
        nightly: tiny
        studies:
          grades: { file: STUDY, deadline: 5 }
        benches:
          unet: { kind: unet, channels: 8, multipliers: [1, 2], blocks: 1, size: 16, batch: 4, steps: 10, threads: 1, repeats: 1 }
        rules: { speed: 3, memory: 1, time: 9, deviations: 0.01 }
        """;

    internal const string Study = """
        study: tiny
        dataset: { kind: phantom, size: 32, count: 400, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
        split: { kind: group, val: 0.1, test: 0.4 }
        arms: { real: {} }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 16, steps: 60, epochs: null, validate_every: 30 }
        seeds: [1]
        precision: fp32
        threads: 1
        """;

    private readonly Executable odm = new();

    public FiveNights()
    {
        var study = odm.Write("study.yaml", Study);
        var file = odm.Write("nightly.yaml", File.Replace("STUDY", study, StringComparison.Ordinal));
        Quiet = [.. Enumerable.Range(0, 3).Select(_ => (Executable.Run("nightly", file, "--out", Folder), Text()))];
        Slowed = (Slow(file), Text());
        odm.Write("nightly.yaml", File.Replace("STUDY, ", $"{study}, set: [downstream.learning_rate=9], ", StringComparison.Ordinal));
        Spoilt = (Executable.Run("nightly", file, "--out", Folder), Text());

        string Text() => System.IO.File.ReadAllText(Path.Combine(Folder, "nightly.md"));
    }

    internal string Folder => Path.Combine(odm.Folder, "out");

    internal IReadOnlyList<((int Code, string Out, string Error) End, string Report)> Quiet { get; }

    internal ((int Code, string Out, string Error) End, string Report) Slowed { get; }

    internal ((int Code, string Out, string Error) End, string Report) Spoilt { get; }

    public void Dispose() => odm.Dispose();

    private (int Code, string Out, string Error) Slow(string file)
    {
        using var process = Executable.Start(start => start.Environment["ODM_TEST_SLOWED_KERNELS"] = "300", "nightly", file, "--out", Folder);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}

[Trait("speed", "slow")]
public sealed class NightlyTests(FiveNights nights) : IClassFixture<FiveNights>
{
    [Fact]
    public void Three_quiet_nights_show_no_regression_and_the_first_two_say_that_they_have_nothing_to_be_compared_with()
    {
        nights.Quiet.ShouldAllBe(n => n.End.Code == 0, nights.Quiet[^1].End.Out);
        nights.Quiet[0].Report.ShouldContain("first night on this machine: there is nothing to compare it with");
        nights.Quiet[1].Report.ShouldContain("second night on this machine");
        nights.Quiet[2].Report.ShouldContain("No regression. Compared with the last 2 nights");
        nights.Quiet[2].Report.ShouldContain("equal bit for bit");
    }

    [Fact]
    public void A_slowed_kernel_is_named_and_the_scores_are_not()
    {
        nights.Slowed.End.Code.ShouldBe(3, nights.Slowed.End.Error);
        nights.Slowed.End.Out.ShouldContain("unet train_images_per_s");
        nights.Slowed.Report.ShouldContain("| **regression**, measured again |");
        nights.Slowed.End.Out.ShouldNotContain("balanced_accuracy");
    }

    [Fact]
    public void A_spoilt_learning_rate_is_named_and_the_bench_is_not()
    {
        nights.Spoilt.End.Code.ShouldBe(3, nights.Spoilt.End.Error);
        nights.Spoilt.End.Out.ShouldStartWith("1 regression: grades real balanced_accuracy");
        nights.Spoilt.Report.ShouldContain("the study's settings are others than in the last night");
    }

    [Fact]
    public void The_history_has_a_row_a_value_of_each_night()
    {
        var rows = File.ReadLines(Path.Combine(nights.Folder, "history", "history.csv")).Skip(1).ToList();
        rows.Count(r => r.Contains(",grades,score,real,1,balanced_accuracy,", StringComparison.Ordinal)).ShouldBe(5);
        rows.Count(r => r.Contains(",unet,speed,,,train_images_per_s,", StringComparison.Ordinal)).ShouldBe(5);
        Directory.GetFiles(Path.Combine(nights.Folder, "history", "predictions")).Length.ShouldBe(2); // four nights are equal
    }

    [BrowserFact]
    public async Task In_a_browser_the_page_names_the_regression_draws_each_trend_and_asks_for_nothing()
    {
        await using var browser = await BrowserPage.Open(Path.Combine(nights.Folder, "nightly.html"));
        (await browser.Page.Locator("h1").InnerTextAsync()).ShouldBe("tiny");
        (await browser.Page.Locator("section").First.InnerTextAsync()).ShouldContain("1 regression: grades real balanced_accuracy");
        (await browser.Page.Locator("svg.panel").CountAsync()).ShouldBe(4 + 3); // the bench's figures; score, time and memory of the study
        (await browser.Page.Locator("svg.panel").EvaluateAllAsync<bool>("all => all.every(s => s.getBoundingClientRect().width > 100 && s.getBoundingClientRect().height > 100)")).ShouldBeTrue();
        (await browser.Page.Locator("circle, ellipse, path").EvaluateAllAsync<int>("all => all.filter(m => m.getAttribute('fill')?.toLowerCase() == '#b3261e').length")).ShouldBe(1); // tonight's regression
        await browser.Page.Locator("nav a").Last.ClickAsync();
        browser.Page.Url.ShouldContain("#s");
        browser.Console.ShouldBeEmpty();
        browser.Asked.Select(a => a.Split('#')[0]).Distinct(StringComparer.Ordinal).ShouldBe([new Uri(Path.Combine(nights.Folder, "nightly.html")).AbsoluteUri]);
        if (Environment.GetEnvironmentVariable("ODM_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await browser.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, "nightly.png"), FullPage = true });
        }
    }
}

public sealed class NightlyFaultTests : IDisposable
{
    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    private string File(Func<string, string> edit) => odm.Write("nightly.yaml", edit(FiveNights.File.Replace("STUDY", odm.Write("study.yaml", FiveNights.Study), StringComparison.Ordinal)));

    private (int Code, string Out, string Error) Run(string file) => Executable.Run("nightly", file, "--out", Path.Combine(odm.Folder, "out"));

    [Theory]
    [InlineData("study.yaml", "stuby.yaml", "stuby.yaml: no such study file")]
    [InlineData("kind: unet", "kind: vnet", "benches.unet.kind: \"vnet\"; must be one of unet, resnet (did you mean 'unet'?)")]
    [InlineData("deadline: 5", "deadline: 0", "studies.grades.deadline: 0; minutes above 0")]
    [InlineData("speed: 3", "speed: 0", "rules.speed: 0; must be above 0")]
    [InlineData("repeats: 1", "repeat: 1", "did you mean 'repeats'?")]
    public void A_fault_in_the_file_is_one_line_and_leaves_nothing(string from, string to, string told)
    {
        var (code, output, error) = Run(File(text => text.Replace(from, to, StringComparison.Ordinal)));
        (code, output).ShouldBe((2, ""));
        error.ShouldContain(told);
        error.Trim().Split('\n').Length.ShouldBe(1);
        Directory.Exists(Path.Combine(odm.Folder, "out")).ShouldBeFalse();
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_line()
    {
        odm.Write("out", "a file");
        var (code, output, error) = Run(File(text => text));
        (code, output).ShouldBe((2, ""));
        error.ShouldContain("cannot be written");
        error.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public void A_spoilt_row_of_the_history_is_named_by_its_line_before_anything_is_measured()
    {
        Directory.CreateDirectory(Path.Combine(odm.Folder, "out", "history"));
        var history = odm.Write("out/history/history.csv", "night,commit,machine,versions,item,kind,arm,seed,metric,value,settings,predictions\n"
            + "2026-11-30T02:00:00Z,c,m,v,unet,speed,,,train_images_per_s,fast,s,\n");
        var (code, output, error) = Run(File(text => text));
        (code, output).ShouldBe((2, ""));
        error.Trim().ShouldBe($"{history}: line 2: value is 'fast'; a number above 0 is needed");
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Two_at_once_are_refused_and_a_killed_night_leaves_a_history_that_another_appends_to()
    {
        var file = File(text => text.Replace("steps: 10,", "steps: 100000,", StringComparison.Ordinal));
        var folder = Path.Combine(odm.Folder, "out");
        using (var first = Executable.Start("nightly", file, "--out", folder))
        {
            first.StandardError.ReadLine().ShouldBe("unet"); // the lock is held, the bench begins
            var (code, output, error) = Run(file);
            (code, output).ShouldBe((2, ""));
            error.Trim().ShouldBe($"--out {folder}: another nightly is working in this folder");
            first.Kill(entireProcessTree: true);
            first.WaitForExit();
        }

        System.IO.File.Exists(Path.Combine(folder, "history", "history.csv")).ShouldBeFalse();
        // the next night: the bench is cut off at its deadline and named, the study goes on
        file = File(text => text.Replace("steps: 10,", "steps: 100000, deadline: 0.05,", StringComparison.Ordinal));
        var end = Run(file);
        end.Code.ShouldBe(3, end.Error);
        end.Out.ShouldStartWith("Not measured: unet, cut off at its deadline of 0.05 min.");
        System.IO.File.ReadLines(Path.Combine(folder, "history", "history.csv")).Skip(1).ShouldAllBe(r => r.Contains(",grades,", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Ctrl_C_ends_a_night_with_its_child_and_without_a_row()
    {
        var file = File(text => text.Replace("steps: 10,", "steps: 100000,", StringComparison.Ordinal));
        using var night = Executable.Start("nightly", file, "--out", Path.Combine(odm.Folder, "out"));
        night.StandardError.ReadLine().ShouldBe("unet");
        Executable.Interrupt(night);
        night.WaitForExit(20_000).ShouldBeTrue();
        night.ExitCode.ShouldBe(130);
        night.StandardError.ReadToEnd().Trim().ShouldBe("interrupted; nothing of this night is in the history, the same command begins another");
        System.IO.File.Exists(Path.Combine(odm.Folder, "out", "history", "history.csv")).ShouldBeFalse();
    }
}
