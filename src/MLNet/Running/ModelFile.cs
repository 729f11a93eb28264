using System.Reflection;
using Microsoft.ML;
using Odm.Engine.Runtime;

namespace Odm.MLNet.Running;

/// <summary>Reads ML.NET's model files.</summary>
internal static class ModelFile
{
    /// <summary>The model in a file.</summary>
    /// <exception cref="DatasetException">It is missing, truncated or no model of ML.NET; one line.</exception>
    public static ITransformer Load(MLContext ml, string file)
    {
        try
        {
            return ml.Model.Load(file, out _);
        }
        // what ML.NET's reader throws depends on where the file ends
        catch (Exception e) when (e is IOException or FormatException or InvalidOperationException or ArgumentException
            or IndexOutOfRangeException or OverflowException or NotSupportedException or TargetInvocationException or InvalidDataException)
        {
            throw new DatasetException($"{file}: is truncated, damaged or no model of ML.NET; a file that Model.Save wrote is needed", e);
        }
    }
}
