using Odm.Classify.Metrics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

public sealed class PredictionsFileTests
{
    [Fact]
    public void A_written_file_reads_back_as_it_was()
    {
        var written = new Predictions
        {
            Ids = ["a", "b,\"c\""],
            Groups = ["p1", "p2"],
            Classes = ["mild", "severe, late"],
            Truth = [0, 1],
            Predicted = [1, 1],
            Probabilities = new double[,] { { 1.0 / 3, 2.0 / 3 }, { 1e-12f, 1 } },
        };
        using var file = new TemporaryFile("");
        written.WriteCsv(file.Path);

        var read = Predictions.ReadCsv(file.Path);

        read.Ids.ShouldBe(written.Ids);
        read.Groups.ShouldBe(written.Groups);
        read.Classes.ShouldBe(written.Classes);
        read.Truth.ShouldBe(written.Truth);
        read.Predicted.ShouldBe(written.Predicted);
        read.Probabilities.ShouldBe(written.Probabilities);
        File.ReadAllText(file.Path).ShouldStartWith("id,group,truth,prediction,p_mild,\"p_severe, late\"\na,p1,mild,\"severe, late\",0.3333333333333333,0.6666666666666666\n");
        Directory.GetFiles(file.Folder).Length.ShouldBe(1);
    }

    [Fact]
    public void Class_names_that_are_numbers_are_sorted_as_numbers()
    {
        using var file = new TemporaryFile("id,truth,prediction\n1,10,9\n2,9,2\n");
        Predictions.ReadCsv(file.Path).Classes.ShouldBe(["2", "9", "10"]);
    }

    [Theory]
    [InlineData("id,truth,prediction\n1,0,0.0\n2,1,1.0\n3,1,0.0\n")]
    [InlineData("id,truth,prediction,p_0.0,p_1.0\n1,0,0,1,0\n2,1,1,-1e-9,1\n3,1,0,0.501,0.5\n")]
    public void Equal_numbers_are_one_class_however_they_are_written(string text)
    {
        using var file = new TemporaryFile(text);
        var read = Predictions.ReadCsv(file.Path);
        read.Truth.ShouldBe([0, 1, 1]);
        read.Predicted.ShouldBe([0, 1, 0]);
        read.Classes.Count.ShouldBe(2);
        read.Probabilities?.Cast<double>().Min().ShouldBe(0);
    }

    [Fact]
    public void Without_a_group_each_image_is_its_own()
    {
        using var file = new TemporaryFile("truth,extra,id,prediction\nx,?,1,y\ny,?,2,y\n");
        Predictions.ReadCsv(file.Path).Groups.ShouldBe(["1", "2"]);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("id,truth\n1,0\n", "prediction")]
    [InlineData("id,truth,prediction\n", "no rows")]
    [InlineData("id,truth,prediction\n1,0,\n", "line 2: prediction is empty")]
    [InlineData("id,truth,prediction\n1,0\n", "line 2: the column prediction is missing: 2 of 3 fields stand there")]
    [InlineData("id,truth,prediction\n1,0,0,1\n", "line 2: 4 fields under 3 columns; a field with a comma in it must stand in quotes")]
    [InlineData("id,truth,prediction\n\n1,0,0\n\n2,0,\n", "line 5: prediction is empty")]
    [InlineData("id,truth,prediction\n1,Nevus,nevus\n2,Mel,Mel\n", "the classes 'Nevus' and 'nevus' differ in case alone; write them alike")]
    [InlineData("id,truth,prediction\n1,a,x\n2,b,y\n", "truth and prediction share no label; truth has a, b, prediction x, y")]
    [InlineData("id,truth,prediction,p_0,p_1\n1,0,0,0.9,0.9\n", "line 2: the probabilities sum to 1.8; allowed: 1, but for rounding")]
    [InlineData("id,truth,prediction,p_0,p_1\n1,0,0,0.4,0.4\n", "line 2: the probabilities sum to 0.8; allowed: 1, but for rounding")]
    [InlineData("id,truth,prediction,p_0,p_0.0\n1,0,0,1,0\n", "has the columns p_0 and p_0.0 of one class; allowed: one")]
    [InlineData("id,truth,prediction,p_0,p_1\n1,0,0,1.1,-0.1\n", "p_0 is '1.1'")]
    [InlineData("id,truth,prediction\n1,0,0\n1,0,0\n", "line 3: id '1' stands in line 2")]
    [InlineData("id,truth,prediction,p_0,p_1\n1,0,0,1,0\n2,7,0,1,0\n", "line 3: truth '7' has no column p_7; allowed: 0, 1")]
    [InlineData("id,truth,prediction,p_0\n1,0,0,NaN\n", "line 2: p_0 is 'NaN'; allowed: a number from 0 to 1")]
    [InlineData("id,truth,prediction,p_0\n1,0,0,1.5\n", "line 2: p_0 is '1.5'")]
    [InlineData("id,truth,prediction\n1,0,0\n2,1,nan\n", "line 3: prediction is 'nan', which stands for none; allowed: a class")]
    [InlineData("id,id,truth,prediction\n1,1,0,0\n", "'id' 2 times")]
    public void A_fault_is_one_line_with_file_row_value_and_what_is_allowed(string text, string expected)
    {
        using var file = new TemporaryFile(text);
        var message = Should.Throw<DatasetException>(() => Predictions.ReadCsv(file.Path)).Message;
        message.ShouldStartWith(file.Path + ": ");
        message.ShouldContain(expected);
        message.ShouldNotContain("\n");
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Should.Throw<DatasetException>(() => ScoreClasses.Run("/nowhere/x.csv")).Message.ShouldStartWith("/nowhere/x.csv: no such file");

    [Fact]
    public void Grades_are_in_the_order_of_their_values_wherever_their_columns_stand()
    {
        using var file = new TemporaryFile("id,truth,prediction,p_10,p_0,p_2\n1,10,10,0.8,0.1,0.1\n2,0,2,0.1,0.3,0.6\n");
        var read = Predictions.ReadCsv(file.Path);
        read.Classes.ShouldBe(["0", "2", "10"]);
        (read.Truth[0], read.Predicted[1]).ShouldBe((2, 1));
        read.Probabilities.ShouldBe(new[,] { { .1, .1, .8 }, { .3, .6, .1 } });
        using var named = new TemporaryFile("id,truth,prediction,p_b,p_a\n1,b,b,1,0\n");
        Predictions.ReadCsv(named.Path).Classes.ShouldBe(["b", "a"]);
    }

    [Fact]
    public void A_missing_group_is_the_image_and_letters_composed_or_not_are_one_class()
    {
        using var file = new TemporaryFile("id,group,truth,prediction\n1,nan,caf\u00e9,cafe\u0301\n2,NaN,\" x \",x\n");
        var read = Predictions.ReadCsv(file.Path);
        read.Groups.ShouldBe(["1", "2"]);
        read.Classes.ShouldBe(["caf\u00e9", "x"]);
        read.Predicted.ShouldBe(read.Truth);
    }
}
