using System.Diagnostics.CodeAnalysis;

namespace TorchSharp;

/// <summary>Components in the order of their registration. A name may be held for a component that is absent (a bias that was switched off).</summary>
internal sealed class NamedList<T> where T : class
{
    private readonly List<(string name, T? value)> entries = [];

    /// <summary>Those that are present.</summary>
    public IEnumerable<(string name, T value)> Items
    {
        get
        {
            foreach (var (name, value) in entries)
            {
                if (value is not null)
                {
                    yield return (name, value);
                }
            }
        }
    }

    public bool Contains(string name) => Find(name) >= 0;

    public bool TryGet(string name, [NotNullWhen(true)] out T? value)
    {
        var index = Find(name);
        value = index < 0 ? null : entries[index].value;
        return value is not null;
    }

    public void Set(string name, T? value)
    {
        var index = Find(name);
        if (index < 0)
        {
            entries.Add((name, value));
        }
        else
        {
            entries[index] = (name, value);
        }
    }

    public void Clear() => entries.Clear();

    private int Find(string name) => entries.FindIndex(e => string.Equals(e.name, name, StringComparison.Ordinal));
}
