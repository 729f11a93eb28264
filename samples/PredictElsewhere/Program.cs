// Reads a model that mlContext.Model.Save wrote after a fit of Odm's, and predicts image files. The program references packages of ML.NET's
// alone: neither Odm nor TorchSharp. A classifier's scores are printed; a segmenter's masks are written beside the images.
//   dotnet run -c Release --project samples/PredictElsewhere -- model.zip a.png b.png
using System.Globalization;
using Elsewhere;
using Microsoft.ML;
using Microsoft.ML.Data;

if (args.Length < 2)
{
    Console.Error.WriteLine("PredictElsewhere MODEL.zip IMAGE...");
    return 2;
}

var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
var rows = ml.Data.LoadFromEnumerable(args[1..].Select(file => new Photo { Path = Path.GetFullPath(file) }));
var scored = model.Transform(ml.Transforms.LoadImages("Image", "", nameof(Photo.Path)).Fit(rows).Transform(rows));

if (scored.Schema.GetColumnOrNull("PredictedMask") is { } column)
{
    using var cursor = scored.GetRowCursor([column]);
    var getter = cursor.GetGetter<MLImage>(column);
    foreach (var file in args[1..])
    {
        MLImage mask = null!;
        cursor.MoveNext();
        getter(ref mask);
        var name = Path.ChangeExtension(file, ".mask.png");
        mask.Save(name);
        mask.Dispose();
        Console.WriteLine($"{Path.GetFileName(file)}: mask in {Path.GetFileName(name)}");
    }
    return 0;
}

VBuffer<ReadOnlyMemory<char>> names = default;
scored.Schema["Score"].GetSlotNames(ref names);
var classes = names.DenseValues().Select(n => n.ToString()).ToArray();
foreach (var (file, scores) in args[1..].Zip(scored.GetColumn<float[]>("Score")))
{
    // the shortest text that reads back as the same number
    var listed = scores.Select((s, k) => string.Create(CultureInfo.InvariantCulture, $"{classes[k]}={s:R}"));
    Console.WriteLine($"{Path.GetFileName(file)}: class {classes[Array.IndexOf(scores, scores.Max())]} ({string.Join(' ', listed)})");
}

return 0;
