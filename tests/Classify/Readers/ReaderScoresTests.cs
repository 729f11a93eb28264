using Odm.Classify.Metrics;
using Odm.Classify.Readers;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Classify.Tests.Readers;

public sealed class ReaderScoresTests : IDisposable
{
    // four generated images (a, b of one set; c, d of another) and four real ones
    private const string Key = """
        review,item,truth,set,id,grade
        r1,a,generated,dm,1,0
        r1,b,generated,dm,2,1
        r1,c,generated,odm,1,0
        r1,d,generated,odm,2,1
        r1,e,real,all,7,0
        r1,f,real,all,8,1
        r1,g,real,all,9,0
        r1,h,real,all,10,1

        """;

    private const string Ann = """
        review,reader,item,position,answer,confidence,grade,lesion,seconds
        r1,Ann,e,1,real,3,0,yes,2.0
        r1,Ann,a,2,generated,3,0,no,4.0
        r1,Ann,b,3,generated,2,1,no,6.0
        r1,Ann,f,4,generated,1,1,yes,8.0
        r1,Ann,c,5,generated,1,0,yes,3.0
        r1,Ann,d,6,real,1,0,yes,5.0
        r1,Ann,g,7,real,2,0,yes,7.0
        r1,Ann,h,8,real,3,0,no,9.0

        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void One_reader_by_hand()
    {
        var facts = Run(Ann);
        double Of(string metric) => facts.Single(f => f.Metric == metric && f.Label == "Ann").Value;
        Of("accuracy").ShouldBe(6.0 / 8);
        Of("sensitivity").ShouldBe(3.0 / 4);
        Of("specificity").ShouldBe(3.0 / 4);
        Of("d_prime").ShouldBe(2 * .5244005, 1e-6); // z(3.5/5) - z(1.5/5)
        // ratings of generated images 3, 2, 1, -1; of real ones -3, 1, -2, -3: pairs won 4 + 4 + 3.5 + 3 of 16
        Of("auc").ShouldBe(14.5 / 16);
        Of("p_chance").ShouldBe(74.0 / 256, 1e-12); // twice (1 + 8 + 28) / 2^8
        Of("seconds_per_image").ShouldBe(5.5);
        Of("grade_accuracy_generated").ShouldBe(3.0 / 4);
        Of("grade_accuracy_real").ShouldBe(3.0 / 4);
        Of("grade_kappa_real").ShouldBe(.5, 1e-12); // 3 of 4 agree; half by chance
        Of("lesion_plausible_generated").ShouldBe(.5);
        Of("lesion_plausible_real").ShouldBe(3.0 / 4);
        facts.Single(f => f.Metric == "sensitivity_of_set" && f.Label == "Ann / odm").Value.ShouldBe(.5);
        facts.Where(f => f.Metric is not "p_chance" && f.Low is null).ShouldBeEmpty();
        facts.ShouldAllBe(f => f.Low == null || (f.Low <= f.Value && f.Value <= f.High));
    }

    [Fact]
    public void Three_readers_have_a_mean_pairs_and_a_common_kappa()
    {
        var facts = Run(Ann, Ann.Replace("Ann", "Bo", StringComparison.Ordinal).Replace("f,4,generated,1", "f,4,real,1", StringComparison.Ordinal),
            Ann.Replace("Ann", "Cy", StringComparison.Ordinal).Replace("d,6,real,1", "d,6,generated,1", StringComparison.Ordinal));
        facts.Single(f => f.Metric == "accuracy" && f.Label == "").Value.ShouldBe((6 + 7 + 7) / 24.0, 1e-12);
        // Ann says generated of a, b, c, f; Bo of a, b, c: 7 of 8 alike, chance .5 * 3/8 + .5 * 5/8 = .5
        facts.Single(f => f.Metric == "cohen_kappa" && f.Label == "Ann / Bo").Value.ShouldBe((7.0 / 8 - .5) / .5, 1e-12);
        facts.Count(f => f.Metric == "cohen_kappa").ShouldBe(3);
        // two of three say generated of f, one of d, all else alike: one of three pairs agrees there, (6 + 2/3) / 8; generated 3 + 3 + 3 + 2 + 1 = 12 of 24
        facts.Single(f => f.Metric == "fleiss_kappa").Value.ShouldBe(((6 + 2.0 / 3) / 8 - .5) / .5, 1e-12);
        facts.Single(f => f.Metric == "p_chance" && f.Label == "").Value.ShouldBeInRange(.02, .2);
        facts.Where(f => f.Metric is not "p_chance").ShouldAllBe(f => f.Low != null && f.High != null);
    }

    [Theory]
    [InlineData("r1,Ann,e", "r2,Ann,e", "answers to review 'r2'")]
    [InlineData("r1,Ann,a,2", "r1,Ann,e,2", "line 3: item 'e' stands in line 2 already")]
    [InlineData("r1,Ann,a,2", "r1,Ann,z,2", "item 'z' is not in the key")]
    [InlineData("r1,Ann,h,8,real,3,0,no,9.0\n", "", "1 of 8 images have no answer, first 'h'")]
    [InlineData("h,8,real", "h,8,", "line 9: answer is empty")]
    [InlineData("h,8,real", "h,8,synthetic", "answer is 'synthetic'; allowed: generated, real")]
    [InlineData("h,8,real,3", "h,8,real,4", "confidence is '4'; allowed: 1, 2, 3")]
    [InlineData("h,8,real,3,0", "h,8,real,3,5", "grade is '5'; allowed: 0, 1")]
    [InlineData("9.0", "-9.0", "seconds is '-9.0'")]
    [InlineData("r1,Ann,h", "r1,Bo,h", "allowed: one reader a file")]
    [InlineData(",item,", ",image,", "no column item")]
    public void A_faulty_file_is_one_line_that_says_what_is_wrong(string from, string to, string says)
    {
        var fault = Should.Throw<DatasetException>(() => Run(Ann.Replace(from, to, StringComparison.Ordinal)));
        fault.Message.ShouldContain(says);
        fault.Message.ShouldContain("0.csv");
        fault.Message.ShouldNotContain("\n");
    }

    [Fact]
    public void Two_files_of_one_reader_or_of_other_questions_are_refused()
    {
        Should.Throw<DatasetException>(() => Run(Ann, Ann)).Message.ShouldContain("reader 'Ann' has");
        Should.Throw<DatasetException>(() => Run(Ann, Ann.Replace("Ann", "Bo", StringComparison.Ordinal).Replace(",lesion,", ",other,", StringComparison.Ordinal)))
            .Message.ShouldContain("answers other questions");
    }

    [Theory]
    [InlineData("r1,b", "r2,b", "two reviews")]
    [InlineData("r1,b", "r1,a", "item 'a' stands there already")]
    [InlineData("generated", "real", "has no generated image")]
    [InlineData("b,generated", "b,fake", "truth is 'fake'")]
    public void A_faulty_key_is_one_line(string from, string to, string says)
    {
        var key = folder.Write("key.csv", Key.Replace(from, to, StringComparison.Ordinal));
        Should.Throw<DatasetException>(() => ReaderScores.Run([folder.Write("0.csv", Ann)], key)).Message.ShouldContain(says);
    }

    private IReadOnlyList<Fact> Run(params string[] files)
        => ReaderScores.Run([.. files.Select((text, i) => folder.Write($"{i}.csv", text))], folder.Write("key.csv", Key));
}
