namespace Odm.Classify.Metrics;

/// <summary>One measured value, a row of <c>results.csv</c>.</summary>
/// <param name="Metric">Name as in the results, e.g. <c>macro_f1</c>.</param>
/// <param name="Label">Class name for a class's value, empty for the whole set.</param>
/// <param name="Value">The value on the whole set.</param>
/// <param name="Low">Lower end of the interval; null where there is none.</param>
/// <param name="High">Upper end of the interval; null where there is none.</param>
/// <param name="N">Images it rests on: all, or those whose truth is the class.</param>
public sealed record Fact(string Metric, string Label, double Value, double? Low, double? High, long N);
