using System.Globalization;
using System.Text;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Classify.Metrics;

/// <summary>What a classifier said of a set of images, one index an image; <c>predictions/*.csv</c>.</summary>
public sealed record Predictions
{
    /// <summary>Image ids, each once.</summary>
    public required IReadOnlyList<string> Ids { get; init; }

    /// <summary>Patient or lesion of each image; the bootstrap draws whole groups.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Class names in the order of the indices.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>True class index of each image.</summary>
    public required int[] Truth { get; init; }

    /// <summary>Predicted class index of each image.</summary>
    public required int[] Predicted { get; init; }

    /// <summary>Probabilities [N, K]; null where the file has none.</summary>
    public double[,]? Probabilities { get; init; }

    /// <summary>Number of images.</summary>
    public int Count => Ids.Count;

    /// <summary>
    /// Writes <c>id,group,truth,prediction,p_&lt;class&gt;...</c> beside and renames; classes by name, probabilities so that they come back
    /// exactly.
    /// </summary>
    public void WriteCsv(string path)
    {
        var text = new StringBuilder("id,group,truth,prediction");
        foreach (var name in Probabilities is null ? [] : Classes)
        {
            text.Append(',').Append(Csv.Field("p_" + name));
        }
        text.Append('\n');
        for (var i = 0; i < Count; i++)
        {
            text.Append(Csv.Field(Ids[i])).Append(',').Append(Csv.Field(Groups[i])).Append(',')
                .Append(Csv.Field(Classes[Truth[i]])).Append(',').Append(Csv.Field(Classes[Predicted[i]]));
            for (var k = 0; Probabilities is not null && k < Classes.Count; k++)
            {
                text.Append(CultureInfo.InvariantCulture, $",{Probabilities[i, k]}");
            }
            text.Append('\n');
        }
        Durable.WriteText(path, text.ToString());
    }

    /// <summary>
    /// Reads what <see cref="WriteCsv"/> or anyone else wrote: <c>id,truth,prediction[,group][,p_&lt;class&gt;...]</c> in any order,
    /// further columns ignored.
    /// </summary>
    /// <exception cref="DatasetException">One line: file, line (the header is line 1), value, what is allowed.</exception>
    public static Predictions ReadCsv(string path) => PredictionsFile.Read(path);
}
