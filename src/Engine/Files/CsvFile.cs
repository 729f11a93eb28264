using System.Buffers;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using Odm.Engine.Runtime;

namespace Odm.Engine.Files;

/// <summary>
/// A CSV file as this project reads and writes it: comma, UTF-8, RFC 4180 quoting, a header in the first row, LF, fields quoted only
/// where they must be. Numbers are the caller's, in the invariant culture.
/// </summary>
public sealed class CsvFile
{
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);

    private CsvFile(string path, IReadOnlyList<string> header)
    {
        (Path, Header) = (path, header);
        for (var i = 0; i < header.Count; i++)
        {
            columns.TryAdd(header[i], i);
        }
    }

    /// <summary>The file, as messages name it.</summary>
    public string Path { get; }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>The records below the header.</summary>
    public IReadOnlyList<Record> Records { get; private set; } = [];

    /// <summary>Whether there is a column of that name.</summary>
    public bool Has(string column) => columns.ContainsKey(column);

    /// <summary>
    /// Reads a whole file. Throws <see cref="DatasetException"/> where it is missing, empty, malformed, not UTF-8 (nor UTF-16 with its
    /// mark), or lacks a needed column, and where a record has more fields than the header: its values may stand under the wrong columns.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="needed">Columns it must have; nulls are passed over.</param>
    /// <param name="trim">Whether white space around the names and fields is dropped, inside of quotes too.</param>
    public static CsvFile Read(string path, IEnumerable<string?>? needed = null, bool trim = true)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file");
        }
        var options = new CsvReaderOptions
        {
            Separator = ',',
            TrimWhitespace = trim,
            MalformedData = CsvMalformedDataHandling.Throw,
            TrackLineNumbers = true
        };
        var records = new List<Record>();
        string Field(string text) => trim ? text.Trim() : text;
        try
        {
            CheckText(path);
            using var csv = CsvReader.FromFile(path, options);
            if (csv.Headers.Count == 0)
            {
                throw new DatasetException($"{path}: empty");
            }
            var file = new CsvFile(path, [.. csv.Headers.Select(Field)]);
            if ((needed ?? []).OfType<string>().Where(c => !file.Has(c)).ToArray() is { Length: > 0 } missing)
            {
                throw Lacking(path, file.Header, missing);
            }
            while (csv.Read())
            {
                var record = new Record(file, (int)csv.LineNumber,
                    [.. Enumerable.Range(0, csv.FieldCount).Select(i => Field(csv.GetString(i)))]);
                records.Add(record.Fields.Skip(file.Header.Count).All(string.IsNullOrWhiteSpace) ? record
                    : throw record.Fault($"{record.Fields.Count} fields under {file.Header.Count} columns; a field with a comma in it "
                        + "must stand in quotes"));
            }
            file.Records = records;
            return file;
        }
        catch (CsvFormatException e)
        {
            throw new DatasetException($"{path}: line {e.LineNumber}: no valid CSV: {Why(e.Message)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Says that a table has no such columns, and what to do where it is one that commas do not separate.</summary>
    /// <param name="path">The file, as messages name it.</param>
    /// <param name="header">The columns that it has.</param>
    /// <param name="missing">Those that it lacks.</param>
    /// <param name="advice">Put at the end.</param>
    public static DatasetException Lacking(string path, IReadOnlyList<string> header, IEnumerable<string?> missing, string advice = "")
    {
        ArgumentNullException.ThrowIfNull(header);
        var separator = header is [var all] && all.AsSpan().ContainsAny(';', '\t') ? "; the separator must be a comma" : "";
        return new($"{path}: no column {string.Join(", ", missing)}; its columns are {string.Join(", ", header)}{separator}{advice}");
    }

    // bytes of another encoding would all become one character, and different labels one
    private static void CheckText(string path)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || Utf8.IsValid(bytes))
        {
            return; // UTF-16 by its mark, or UTF-8
        }
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var used) == OperationStatus.Done)
        {
            at += used;
        }
        // a file without LF has CR alone at its line ends
        var ends = bytes[..at].Count((byte)'\n') is > 0 and var lines ? lines : bytes[..at].Count((byte)'\r');
        throw new DatasetException($"{path}: line {ends + 1}: not UTF-8; save the table as UTF-8");
    }

    // what is between "Malformed CSV in record 2: " and " (byte offset 43)."
    private static string Why(string message)
    {
        var line = message.Split('\n')[0].Trim().TrimEnd('.');
        var from = line.IndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon ? colon + 2 : 0;
        var to = line.IndexOf(" (byte", StringComparison.Ordinal) is > 0 and var byteOffset ? byteOffset : line.Length;
        return line[from..Math.Max(from, to)];
    }

    /// <summary>Writes records to a stream, which stays open; the header is the first of them.</summary>
    public static void Write(Stream stream, IEnumerable<IEnumerable<string>> records)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        Write(text, records);
    }

    /// <summary>Writes records as text; the header is the first of them.</summary>
    public static void Write(TextWriter text, IEnumerable<IEnumerable<string>> records)
    {
        using var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n", HasHeader = false, Injection = CsvInjection.None },
            leaveOpen: true);
        foreach (var record in records)
        {
            csv.WriteRecord([.. record]);
        }
    }

    /// <summary>A record of the file.</summary>
    /// <param name="file">Where it stands.</param>
    /// <param name="line">The line of the file where it starts, as an editor counts: from 1, the header and blank lines too.</param>
    /// <param name="fields">Its fields in the order of the file; a short record lacks the last ones.</param>
    public sealed class Record(CsvFile file, int line, string[] fields)
    {
        /// <summary>The line of the file where it starts, as an editor counts: from 1, the header and blank lines too.</summary>
        public int Line => line;

        /// <summary>Its fields in the order of the file.</summary>
        public IReadOnlyList<string> Fields => fields;

        /// <summary>
        /// The field of a column that the file must have; <see cref="DatasetException"/> where this record is too short for it.
        /// </summary>
        public string this[string column] => Find(column)
            ?? throw Fault($"the column {column} is missing: {fields.Length} of {file.Header.Count} fields stand there");

        /// <summary>The field of a column; null where the file has no such column or the record is too short.</summary>
        public string? Find(string column) => file.columns.TryGetValue(column, out var at) && at < fields.Length ? fields[at] : null;

        /// <summary>One line that names file and line.</summary>
        public DatasetException Fault(string what) => new($"{file.Path}: line {line}: {what}");
    }
}
