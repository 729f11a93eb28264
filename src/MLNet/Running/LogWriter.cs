using System.Text;
using Microsoft.ML;

namespace Odm.MLNet.Running;

/// <summary>Writes each line to a context's log.</summary>
internal sealed class LogWriter(MLContext context) : TextWriter
{
    private readonly StringBuilder line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (value != '\n')
        {
            line.Append(value);
        }
        else if (line.Length > 0)
        {
            Runs.Log(context, line.ToString().TrimEnd('\r'));
            line.Clear();
        }
    }
}
