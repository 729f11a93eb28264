using Odm.Classify;

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

    [Fact]
    public void The_summary_compares_each_arm_with_the_baseline_over_the_seeds()
        => Summary.Text("s", Summary.Of(Scores, "real")).ShouldBe(
            "study,arm,metric,label,mean,sd,seeds,baseline,diff,diff_low,diff_high,p,p_holm,verdict\n"
            + "s,real,accuracy,,0.6,0.141421,2,,,,,,,\ns,real,f1,\"a,b\",0.333333,,1,,,,,,,\n"
            + "s,odm,accuracy,,0.8,0,2,real,0.2,,,,,\n");

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
