using System.Globalization;
using System.Text;

namespace Odm.Pipeline.Results;

/// <summary><c>results.csv</c>: one row a fact. No time, date, host or path stands in it, so equal runs give equal bytes.</summary>
internal static class ResultsCsv
{
    /// <summary>The header.</summary>
    public const string Header = "study,dataset,arm,seed,split,metric,label,value,ci_low,ci_high,n";

    /// <summary>The file's text, in the order of the scores.</summary>
    public static string Text(string study, IEnumerable<Score> scores)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var score in scores)
        {
            foreach (var fact in score.Facts.Where(f => double.IsFinite(f.Value)))
            {
                text.Append(CultureInfo.InvariantCulture, $"{FactsCsv.Cell(study)},{FactsCsv.Cell(score.Dataset)},"
                    + $"{FactsCsv.Cell(score.Arm)},{score.Seed},test,{FactsCsv.Row(fact)}\n");
            }
        }

        return text.ToString();
    }
}
