using System.Collections;
using System.Globalization;

namespace TorchSharp.Modules
{
    /// <summary>Modules in a list, named 0, 1, 2 ... It has no forward of its own.</summary>
    public class ModuleList<T> : torch.nn.Module, IList<T> where T : torch.nn.Module
    {
        private readonly List<T> items = [];

        public ModuleList(params T[] modules) : base(nameof(ModuleList<T>)) => append(modules);

        public int Count => items.Count;

        public bool IsReadOnly => false;

        public T this[int index]
        {
            get => items[index];
            set
            {
                items[index] = value;
                Renumber();
            }
        }

        public void append(params T[] parameters) => extend(parameters);

        public void extend(IEnumerable<T> modules)
        {
            items.AddRange(modules);
            Renumber();
        }

        public void Add(T item) => extend([item]);

        public void Insert(int index, T item)
        {
            items.Insert(index, item);
            Renumber();
        }

        public bool Remove(T item)
        {
            var removed = items.Remove(item);
            Renumber();
            return removed;
        }

        public void RemoveAt(int index)
        {
            items.RemoveAt(index);
            Renumber();
        }

        public void Clear()
        {
            items.Clear();
            Renumber();
        }

        public bool Contains(T item) => items.Contains(item);

        public int IndexOf(T item) => items.IndexOf(item);

        public void CopyTo(T[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

        public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private void Renumber()
        {
            ClearModules();
            for (var i = 0; i < items.Count; i++)
            {
                register_module(i.ToString(CultureInfo.InvariantCulture), items[i]);
            }
        }
    }

    /// <summary>Modules by name, in the order they were added.</summary>
    public class ModuleDict<T> : torch.nn.Module where T : torch.nn.Module
    {
        private readonly List<(string name, T module)> entries = [];

        public ModuleDict() : base(nameof(ModuleDict<T>))
        {
        }

        public int Count => entries.Count;

        public T this[string key]
        {
            get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no module named '{key}'");
            set
            {
                var at = entries.FindIndex(e => string.Equals(e.name, key, StringComparison.Ordinal));
                if (at < 0)
                {
                    entries.Add((key, value));
                }
                else
                {
                    entries[at] = (key, value);
                }
                register_module(key, value);
            }
        }

        public void Add(string key, T value)
        {
            if (ContainsKey(key))
            {
                throw new ArgumentException($"There already is a module named '{key}'", nameof(key));
            }
            this[key] = value;
        }

        public bool ContainsKey(string key) => TryGetValue(key, out _);

        public bool TryGetValue(string key, out T value)
        {
            var at = entries.FindIndex(e => string.Equals(e.name, key, StringComparison.Ordinal));
            value = at < 0 ? null! : entries[at].module;
            return at >= 0;
        }

        public IEnumerable<string> keys() => entries.Select(e => e.name);

        public IEnumerable<T> values() => entries.Select(e => e.module);

        public IEnumerator<(string, T)> GetEnumerator() => entries.GetEnumerator();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

            public static Modules.ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);

            public static Modules.ModuleDict<T> ModuleDict<T>(params (string name, T module)[] modules) where T : Module
            {
                var dictionary = new Modules.ModuleDict<T>();
                foreach (var (name, module) in modules)
                {
                    dictionary.Add(name, module);
                }
                return dictionary;
            }
        }
    }
}
