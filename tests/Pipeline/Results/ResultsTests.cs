using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Tests;

public sealed class ResultsTests
{
    private static readonly Score[] Scores =
    [
        new("phantom", "real", 1, [new Fact("accuracy", "", .5, .4, .6, 100), new Fact("f1", "a,b", 1.0 / 3, null, null, 7)]),
        new("phantom", "real", 2, [new Fact("accuracy", "", .7, .6, .8, 100)]),
        new("phantom", "odm", 1, [new Fact("accuracy", "", .8, .7, .9, 100), new Fact("mcc", "", double.NaN, null, null, 100)]),
        new("phantom", "odm", 2, [new Fact("accuracy", "", .8, .7, .9, 100)]),
        new("cvc", "odm", 2, [new Fact("accuracy", "", .1, .0, .2, 10)], Transfer: true),
    ];

    [Fact]
    public void A_row_stands_for_each_fact_and_undefined_values_are_left_out()
        => ResultsCsv.Text("s", Scores).ShouldBe(
            "study,dataset,arm,seed,split,metric,label,value,ci_low,ci_high,n\n"
            + "s,phantom,real,1,test,accuracy,,0.5,0.4,0.6,100\ns,phantom,real,1,test,f1,\"a,b\",0.333333,,,7\n"
            + "s,phantom,real,2,test,accuracy,,0.7,0.6,0.8,100\ns,phantom,odm,1,test,accuracy,,0.8,0.7,0.9,100\n"
            + "s,phantom,odm,2,test,accuracy,,0.8,0.7,0.9,100\ns,cvc,odm,2,test,accuracy,,0.1,0,0.2,10\n");

    private static string? BaselineOf(string arm) => arm == "real" ? null : "real";

    [Fact]
    public void The_summary_compares_each_arm_with_the_baseline_over_the_seeds()
        => SummaryTable.Text("s", SummaryTable.Of(Scores, BaselineOf)).ShouldBe(
            "study,arm,metric,label,mean,sd,seeds,baseline,diff,diff_low,diff_high,p,p_holm,verdict\n"
            + "s,real,accuracy,,0.6,0.141421,2,,,,,,,\ns,real,f1,\"a,b\",0.333333,,1,,,,,,,\n"
            + "s,odm,accuracy,,0.8,0,2,real,0.2,,,,,\n");

    [Fact]
    public void The_summary_says_what_the_tests_say_and_values_of_single_classes_have_an_interval_alone()
    {
        var comparison = new ArmComparison
        {
            Contrasts =
            [
                new("odm", "accuracy", "", .2, -.1, .35, "mcnemar", .00001234, .000123456, Verdict.Better, null),
                new("odm", "f1", "a", .3, -.15, .25, "", null, null, null, null),
            ],
            Primary = "accuracy",
            Images = 100,
            Groups = 50,
            Seeds = 2,
        };
        Score[] scores = [.. Scores, new("phantom", "odm", 3, [new Fact("f1", "a", .5, null, null, 7)])];
        SummaryTable.Text("s", SummaryTable.Of(scores, BaselineOf, comparison)).Split('\n')[3..5].ShouldBe(
        [
            "s,odm,accuracy,,0.8,0,2,real,0.2,-0.1,0.35,1.234E-05,0.0001235,better",
            "s,odm,f1,a,0.5,,1,real,,-0.15,0.25,,,",
        ]);
        Verdicts.Size(comparison).ShouldBe("100 test images of 50 groups and 2 seeds");
        Verdicts.Evidence(comparison.Contrasts[0]).ShouldBe(" (95 % interval of the difference -0.100 to 0.350, p < 0.001, < 0.001 after Holm's correction)");
        Verdicts.Evidence(comparison.Contrasts[0] with { P = .002, PHolm = .006 }).ShouldEndWith(", p = 0.002, 0.006 after Holm's correction)");
        Verdicts.Of(comparison.Contrasts[0] with { Verdict = Verdict.NotDistinguishable }, comparison with { Groups = 100, Seeds = 1 }).ShouldBe("not distinguishable at n = 100 test images and 1 seed");
    }

    [Fact]
    public void Facts_come_back_as_they_were_written()
    {
        var file = Path.GetTempFileName();
        Fact[] facts = [new("auc", "x \"y\", z", .1 + .2, .25, null, 9), new("mae", "", 1e-9, 0, 1, 1)];
        File.WriteAllText(file, FactsCsv.Text(facts));
        FactsCsv.Read(file).ShouldBe(facts);
        File.Delete(file);
    }

    [Theory]
    [InlineData(-0.00000001, "0")]
    [InlineData(1e-7, "0")]
    [InlineData(12345.5, "12345.5")]
    [InlineData(double.NaN, "")]
    public void Numbers_have_no_exponent_and_no_negative_zero(double value, string text) => FactsCsv.Number(value).ShouldBe(text);
}
