using System.Text.RegularExpressions;
using Odm.Pipeline.Tests;
using Odm.Tests;

namespace Odm.Cli.Tests;

/// <summary>A miniature study whose report is looked at by all tests.</summary>
public sealed class ReportedRun : IDisposable
{
    private const string Key = "review,item,truth,set,id,grade\nr,a,real,all,1,0\nr,b,generated,dm,2,0\nr,c,real,all,3,1\nr,d,generated,dm,4,1\n";
    private const string Answers = "review,reader,item,answer,confidence,seconds\nr,Ann,a,real,3,1.0\nr,Ann,b,generated,2,2.0\nr,Ann,c,generated,1,3.0\nr,Ann,d,generated,3,4.0\n";
    private readonly Executable odm = new();

    public ReportedRun()
    {
        Study = odm.Write("study.yaml", Executable.Mini.Replace("  odm: { generator: odm, plan: { counts: { \"4\": 5 } } }",
            "  odm: { generator: odm, plan: { counts: { \"4\": 5 } } }\n  more: { generator: odm, plan: { counts: { \"4\": 9 } } }", StringComparison.Ordinal)
            + $"\nreaders: {{ key: {odm.Write("key.csv", Key)}, answers: [{odm.Write("ann.csv", Answers)}, {odm.Write("bo.csv", Answers.Replace("Ann", "Bo", StringComparison.Ordinal))}] }}\n");
        Executable.Run("run", Study, "--out", Folder).Code.ShouldBe(0);
        Html = File.ReadAllText(Page);
        Executable.Run("run", Study, "--out", Folder).Code.ShouldBe(0);
        Again = File.ReadAllText(Page);
    }

    /// <summary>The run's folder.</summary>
    internal string Folder => Path.Combine(odm.Folder, "run");

    /// <summary>The study's file.</summary>
    internal string Study { get; }

    /// <summary>Its report.html.</summary>
    internal string Page => Path.Combine(Folder, "report.html");

    /// <summary>What stands in it.</summary>
    internal string Html { get; }

    /// <summary>The same, written a second time.</summary>
    internal string Again { get; }

    public void Dispose() => odm.Dispose();
}

[Trait("speed", "slow")]
public sealed class HtmlReportTests(ReportedRun run) : IClassFixture<ReportedRun>
{
    private static readonly string[] Sections =
        ["Comparison", "Differences from real", "Do the generated images show what was asked for?", "Are the generated images copies of training images?",
        "Membership inference", "How like real images are the generated ones?", "Do networks that know real images read the asked grades?", "What did experts say of the images?", "F1 by class", "Recall by class", "Dose and response", "Confusion matrices", "Training curves", "Images", "Provenance"];

    private static readonly Regex Heading = new("<h2>(.*?)</h2>", RegexOptions.NonBacktracking);
    private static readonly Regex Entry = new("<li><a href=\"#s[0-9]+\">(.*?)</a></li>", RegexOptions.NonBacktracking);
    private static readonly Regex Reference = new("(?:src|href)=\"([^\"]*)\"", RegexOptions.NonBacktracking);

    private static readonly Regex Figure = new("<figure class=\"chart\">(.*?)</figure>", RegexOptions.Singleline | RegexOptions.NonBacktracking);

    [Fact]
    public void Every_section_stands_in_the_page_and_in_its_contents_but_no_costs()
    {
        Heading.Matches(run.Html).Select(m => m.Groups[1].Value).ShouldBe(Sections);
        Entry.Matches(run.Html).Select(m => m.Groups[1].Value).ShouldBe(Sections);
        run.Html.ShouldContain("on two sides"); // what the guard found
        run.Html.ShouldNotContain("seconds");
    }

    [Fact]
    public void Written_again_it_has_the_same_bytes() => run.Again.ShouldBe(run.Html);

    [Fact]
    public void Nothing_is_loaded_from_elsewhere()
    {
        var page = run.Html;
        Reference.Matches(page).Select(m => m.Groups[1].Value).ShouldAllBe(r => r.StartsWith("data:image/png;base64,", StringComparison.Ordinal) || r.StartsWith('#') || r.StartsWith("stages/", StringComparison.Ordinal) || r == "image_metrics.csv" || r == "readers.csv");
        page.ShouldNotContain("http:");
        page.ShouldNotContain("https:");
        page.ShouldNotContain("@import");
        page.ShouldNotContain("url(");
        page.ShouldNotContain("<script");
        page.ShouldContain("default-src 'none'");
    }

    [Fact]
    public void Sheets_and_closest_pairs_are_inside() => Directory.GetFiles(run.Folder, "*.png", SearchOption.AllDirectories)
        .Where(f => Path.GetFileName(f) == "pairs.png" || Path.GetFileName(Path.GetDirectoryName(f)) == "sheets")
        .ShouldAllBe(sheet => run.Html.Contains(Convert.ToBase64String(File.ReadAllBytes(sheet)), StringComparison.Ordinal));

    [Fact]
    public void Real_and_generated_images_stand_beside_each_other_before_the_first_chart()
    {
        var sheet = run.Html.IndexOf(Convert.ToBase64String(File.ReadAllBytes(Path.Combine(run.Folder, "sheets", "generated.png"))), StringComparison.Ordinal);
        sheet.ShouldBeInRange(0, run.Html.IndexOf("<figure", StringComparison.Ordinal));
        run.Html.ShouldContain("<th>generator</th>\n<th>precision / real</th>");
        File.ReadAllText(Path.Combine(run.Folder, "report.md")).Split("(sheets/generated.png)").Length.ShouldBe(2); // once
    }

    [Fact]
    public void What_experts_said_stands_in_both_reports_and_in_a_file()
    {
        run.Html.ShouldContain("<td>Ann</td>\n<td>0.750 [0.194,&nbsp;0.994]</td>"); // Clopper and Pearson, 3 of 4
        var markdown = File.ReadAllText(Path.Combine(run.Folder, "report.md"));
        markdown.ShouldContain("| all, mean | 0.750 [");
        markdown.ShouldContain("| cohen_kappa | Ann / Bo | 1.000 [");
        File.ReadLines(Path.Combine(run.Folder, "readers.csv")).ShouldContain(l => l.StartsWith("accuracy,Ann,0.75,0.194", StringComparison.Ordinal));
    }

    [Fact]
    public void A_fault_in_the_readers_files_comes_before_the_work()
    {
        var (code, output, error) = Executable.Run("run", run.Study, "--out", run.Folder + "-new", "--set", "readers.answers=[none.csv]");
        (code, output, error).ShouldBe((2, "", "none.csv: no such file\n"));
        Directory.Exists(run.Folder + "-new").ShouldBeFalse();
    }

    [Fact]
    public void A_study_whose_images_are_noise_says_so_first_everywhere()
    {
        using var copy = new Executable();
        foreach (var file in Directory.GetFiles(run.Folder, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy.Folder, Path.GetRelativePath(run.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        var measured = Path.Combine(Directory.GetDirectories(Path.Combine(copy.Folder, "stages"), "measure-dm-*").Single(), "facts.csv");
        File.WriteAllLines(measured, [.. File.ReadAllLines(measured).Where(l => !l.Contains("image_precision", StringComparison.Ordinal)), "image_precision,,0,0,0.013,300", "floor_image_precision,,0.846,,,350"]);
        var (code, output, error) = Executable.Run("run", run.Study, "--out", copy.Folder);
        code.ShouldBe(0, error);
        const string Noise = "The images of dm are noise (image_precision 0.000 against real images, which reach 0.846 among themselves)";
        error.ShouldContain("warning: the" + Noise[3..] + "\n");
        output.ShouldContain(Noise);
        output.ShouldContain("; its images are noise (precision 0.000 against real images).");
        File.ReadAllText(Path.Combine(copy.Folder, "report.md")).ShouldStartWith($"# mini\n\n**{Noise}");
        var page = File.ReadAllText(Path.Combine(copy.Folder, "report.html"));
        page.ShouldContain($"<h1>mini</h1><p class=\"alarm\">{Noise}");
        page.Split(Noise).Length.ShouldBe(2); // once
    }

    [Fact]
    public void Tables_carry_the_numbers_of_the_summary()
    {
        var mean = File.ReadLines(Path.Combine(run.Folder, "report.md")).First(l => l.StartsWith("| more |", StringComparison.Ordinal)).Split('|')[2].Trim().Split(' ')[0];
        run.Html.ShouldContain($"<td>more</td>\n<td>{mean} [");
        run.Html.ShouldContain("synthetic or copied");
    }

    [Fact]
    public void Each_chart_is_in_the_page_as_svg_with_its_marks()
    {
        var (arms, metrics) = (8, 8);
        var figures = Figure.Matches(run.Html).Select(m => SvgFigure.Of(m.Groups[1].Value)).ToList();
        figures.ShouldAllBe(f => f.Panels.Count > 0);
        figures.Select(f => (f.Panels.Count, f.Marks.Count)).ShouldBe(
        [
            (metrics, arms * metrics), (metrics, (arms - 1) * metrics), // comparison and differences
            (1, arms * 5 * 2), (1, arms * 5 * 2), // F1 and recall by class: a bar and a whisker
            (1, 1 + 3), // dose: a line through none, few and more
            .. Enumerable.Repeat((1, 5 * 5), arms), // confusion
            (1, 2), // generators
            (3, arms * (2 + 2 + 1)), // arms: loss and accuracy in training and validation, macro F1 in validation alone
        ]);
    }

    [BrowserFact]
    public void In_a_browser_each_chart_is_drawn_and_the_console_stays_empty()
    {
        var (dom, console) = Chromium.Open(run.Page);
        console.ShouldBeEmpty();
        dom.Split("<figure class=\"chart\">")[1..].ShouldAllBe(f => f.Split("</figure>", 2)[0].Contains("<svg", StringComparison.Ordinal));
    }
}
