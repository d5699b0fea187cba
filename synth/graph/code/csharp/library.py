"""What does .NET have that every C# program uses, and what do its collections and tasks give?"""

from synth.graph.code.toolkit.rules import words
from synth.graph.code.toolkit.values import External, Instance, Many, Several, Value

KEYWORDS = words(
    "bool byte sbyte short ushort int uint long ulong nint nuint float double decimal char string object void dynamic "
    "nameof sizeof typeof value"
)
"""Names that are part of the language, which get no edges."""

NAMESPACES = {
    "System": "Action ArgumentException ArgumentNullException ArgumentOutOfRangeException Array Attribute "
    "AttributeUsage AttributeTargets BitConverter Boolean Buffer Byte Char CLSCompliant Comparison Console Convert "
    "DateTime DateTimeKind DateTimeOffset DateOnly DBNull Decimal Delegate Double Enum Environment EventArgs "
    "EventHandler Exception Flags FormatException Func GC Guid HashCode IAsyncDisposable IComparable IConvertible "
    "IDisposable IEquatable IFormatProvider IFormattable IProgress IServiceProvider Int16 Int32 Int64 IntPtr "
    "InvalidCastException InvalidOperationException Lazy Math MathF Memory MemoryExtensions NonSerialized "
    "NotImplementedException NotSupportedException Nullable Object ObjectDisposedException Obsolete "
    "OperationCanceledException OverflowException ParamArray Predicate Random ReadOnlyMemory ReadOnlySpan SByte "
    "Serializable Single Span String StringComparer StringComparison ThreadStatic TimeoutException TimeSpan TimeOnly "
    "TimeZoneInfo Tuple Type TypeCode UInt16 UInt32 UInt64 UnauthorizedAccessException Uri ValueTuple Version "
    "WeakReference AppDomain AppContext Activator AggregateException IndexOutOfRangeException NullReferenceException "
    "MissingMethodException ArraySegment Progress DayOfWeek UriKind ConsoleColor Index Range TimeProvider",
    "System.Collections": "IEnumerable IEnumerator ICollection IList IDictionary ArrayList Hashtable BitArray "
    "DictionaryEntry IComparer IEqualityComparer",
    "System.Collections.Generic": "List Dictionary HashSet Queue Stack LinkedList LinkedListNode SortedDictionary "
    "SortedList SortedSet KeyValuePair IEnumerable IEnumerator ICollection IList IDictionary ISet IReadOnlyCollection "
    "IReadOnlyDictionary IReadOnlyList IReadOnlySet IComparer IEqualityComparer Comparer EqualityComparer "
    "IAsyncEnumerable IAsyncEnumerator KeyNotFoundException PriorityQueue",
    "System.Collections.Concurrent": "ConcurrentDictionary ConcurrentQueue ConcurrentBag ConcurrentStack "
    "BlockingCollection",
    "System.Collections.ObjectModel": "Collection ObservableCollection ReadOnlyCollection KeyedCollection",
    "System.ComponentModel": "EditorBrowsable EditorBrowsableState DefaultValue Description INotifyPropertyChanged "
    "PropertyChangedEventHandler PropertyChangedEventArgs TypeConverter TypeDescriptor Browsable DisplayName",
    "System.Diagnostics": "Debug Debugger DebuggerDisplay DebuggerStepThrough DebuggerBrowsable Process Stopwatch "
    "Trace TraceLevel StackTrace Activity ActivitySource Conditional",
    "System.Diagnostics.CodeAnalysis": "ExcludeFromCodeCoverage SuppressMessage NotNull NotNullWhen MaybeNull "
    "MaybeNullWhen AllowNull DisallowNull DoesNotReturn RequiresUnreferencedCode DynamicallyAccessedMembers "
    "UnconditionalSuppressMessage RequiresDynamicCode StringSyntax MemberNotNull",
    "System.Globalization": "CultureInfo NumberStyles DateTimeStyles NumberFormatInfo",
    "System.IO": "BinaryReader BinaryWriter Directory DirectoryInfo File FileInfo FileMode FileStream IOException Path "
    "MemoryStream Stream StreamReader StreamWriter StringReader StringWriter TextReader TextWriter SeekOrigin "
    "FileAccess FileShare FileNotFoundException EndOfStreamException",
    "System.Linq": "Enumerable IGrouping IOrderedEnumerable IQueryable Queryable ILookup",
    "System.Linq.Expressions": "Expression ParameterExpression LambdaExpression MemberExpression",
    "System.Net": "HttpStatusCode IPAddress WebClient",
    "System.Net.Http": "HttpClient HttpContent HttpMethod HttpRequestMessage HttpResponseMessage DelegatingHandler "
    "StringContent HttpMessageHandler HttpRequestException",
    "System.Numerics": "BigInteger Vector",
    "System.Reflection": "Assembly BindingFlags ConstructorInfo FieldInfo MemberInfo MethodBase MethodInfo "
    "ParameterInfo PropertyInfo TypeInfo EventInfo MemberTypes CustomAttributeExtensions",
    "System.Runtime.CompilerServices": "CallerMemberName CallerArgumentExpression CallerFilePath CompilerGenerated "
    "ConditionalWeakTable InternalsVisibleTo MethodImpl MethodImplOptions RuntimeHelpers TypeForwardedFrom Unsafe "
    "ConfiguredTaskAwaitable",
    "System.Runtime.Serialization": "DataContract DataMember EnumMember SerializationInfo StreamingContext "
    "OnDeserialized OnDeserializing OnSerialized OnSerializing IgnoreDataMember ISerializable",
    "System.Text": "Encoding StringBuilder UTF8Encoding",
    "System.Text.Json": "JsonSerializer JsonDocument JsonElement JsonSerializerOptions Utf8JsonReader Utf8JsonWriter",
    "System.Text.RegularExpressions": "Match MatchCollection Regex RegexOptions Group",
    "System.Threading": "AutoResetEvent CancellationToken CancellationTokenSource Interlocked ManualResetEvent Monitor "
    "Mutex ReaderWriterLockSlim Semaphore SemaphoreSlim SpinLock SynchronizationContext Thread ThreadLocal ThreadPool "
    "Timeout Timer Volatile AsyncLocal CancellationTokenRegistration Lock ManualResetEventSlim",
    "System.Threading.Tasks": "Task TaskCompletionSource TaskScheduler ValueTask Parallel TaskStatus "
    "TaskCreationOptions TaskContinuationOptions TaskFactory TaskExtensions",
    "System.Xml": "XmlDocument XmlElement XmlNode XmlReader XmlWriter XmlAttribute",
    "System.Xml.Linq": "XAttribute XDocument XElement XNode XName XNamespace XObject XText",
    "System.Data": "DataTable DataSet DataRow DataColumn",
    "System.Security.Cryptography": "MD5 SHA1 SHA256 RandomNumberGenerator HMACSHA256",
    "Xunit": "Assert Fact Theory InlineData MemberData ClassData Collection CollectionDefinition IClassFixture "
    "IAsyncLifetime TheoryData Trait",
    "NUnit.Framework": "Test TestCase TestCaseSource TestFixture SetUp TearDown OneTimeSetUp OneTimeTearDown Ignore "
    "Category CollectionAssert StringAssert Is Has Does Throws",
    "Microsoft.VisualStudio.TestTools.UnitTesting": "TestMethod TestClass TestInitialize TestCleanup DataTestMethod "
    "DataRow ClassInitialize",
    "Moq": "Mock It Times MockBehavior",
    "NSubstitute": "Substitute Arg",
    "BenchmarkDotNet.Attributes": "Benchmark GlobalSetup MemoryDiagnoser Params",
}
"""Types by the namespace that they are in; attributes without the end of their names."""

LITERALS = {
    "string": words("object String IEnumerable IComparable ReadOnlySpan"),
    "char": words("object int Char"),
    "bool": words("object Boolean"),
    "int": words("object long double float decimal short byte uint ulong sbyte ushort Int32 nint"),
    "long": words("object double float decimal Int64 ulong"),
    "float": words("object double Single"),
    "double": words("object Double"),
    "decimal": words("object Decimal"),
}

COMMON = words(
    "where select selectmany orderby orderbydescending thenby groupby toarray tolist todictionary firstordefault first "
    "singleordefault single lastordefault aggregate distinct concat union except intersect zip cast oftype sum average "
    "getawaiter configureawait getresult dispose disposeasync gettype memberwiseclone referenceequals invoke "
    "begininvoke endinvoke addrange removeat trygetvalue containskey substring startswith endswith split trim "
    "tostring equals gethashcode compareto movenext getenumerator writeline readtoend writeasync readasync getvalue "
    "setvalue invokeasync executeasync astask waitasync shouldbe throwifcancellationrequested"
)
_EACH_GIVES_ITSELF = words(
    "Where OrderBy OrderByDescending ThenBy ThenByDescending Skip Take SkipWhile TakeWhile Distinct Reverse Concat "
    "Union Except Intersect ToList ToArray AsEnumerable AsQueryable ToHashSet AsReadOnly Append Prepend DistinctBy "
    "DefaultIfEmpty AsParallel Clone ConfigureAwait"
)
_EACH_GIVES_ELEMENT = words(
    "First FirstOrDefault Last LastOrDefault Single SingleOrDefault ElementAt ElementAtOrDefault Min Max MinBy MaxBy "
    "Pop Peek Dequeue Find FindLast Aggregate"
)
_TAKES_EACH = words(
    "Where Select SelectMany OrderBy OrderByDescending ThenBy ThenByDescending GroupBy Any All Count First "
    "FirstOrDefault Last LastOrDefault Single SingleOrDefault ForEach Find FindAll FindIndex FindLast Exists "
    "TrueForAll RemoveAll ToDictionary ToLookup Sum Min Max Average SkipWhile TakeWhile ConvertAll MinBy MaxBy "
    "DistinctBy RemoveWhere"
)
_OF_LISTS = words(
    "AsReadOnly Clone ConfigureAwait Pop Peek Dequeue Find FindLast ForEach FindAll FindIndex Exists TrueForAll "
    "RemoveAll ConvertAll RemoveWhere"
)
LINQ = (
    _EACH_GIVES_ITSELF | _EACH_GIVES_ELEMENT | _TAKES_EACH | words("Cast OfType Zip Contains SequenceEqual")
) - _OF_LISTS
"""Extension methods of everything that can be looped over."""

_SEQUENCES = words(
    "List HashSet Queue Stack LinkedList SortedSet IEnumerable ICollection IList ISet IReadOnlyCollection "
    "IReadOnlyList IReadOnlySet IQueryable IOrderedEnumerable IAsyncEnumerable ConcurrentQueue ConcurrentBag "
    "ConcurrentStack Collection ObservableCollection ReadOnlyCollection BlockingCollection Span ReadOnlySpan Memory "
    "ReadOnlyMemory IGrouping IEnumerator IOrderedQueryable ImmutableArray ImmutableList"
)
_MAPS = words(
    "Dictionary IDictionary IReadOnlyDictionary SortedDictionary SortedList ConcurrentDictionary ImmutableDictionary"
)
_TASKS = words("Task ValueTask ConfiguredTaskAwaitable TaskAwaiter")
_HOLDERS = words("Lazy ThreadLocal AsyncLocal Nullable WeakReference LinkedListNode Task ValueTask")


def last_name(value: Value | None) -> str:
    """The bare name of a type that is outside of the source."""
    return value.of.name.rpartition(".")[2] if isinstance(value, Instance) and isinstance(value.of, External) else ""


def is_task(value: Instance) -> bool:
    """Whether `await` gives its type argument."""
    return last_name(value) in _TASKS


def element_of(value: Value) -> Value | None:
    """What a loop over an object gives."""
    if isinstance(value, Many):
        return value.element
    if not isinstance(value, Instance):
        return None
    kind = last_name(value)
    if kind in _MAPS and len(value.arguments) == 2:
        return Instance(External("System.Collections.Generic.KeyValuePair"), value.arguments)
    return value.arguments[-1] if kind in _SEQUENCES and value.arguments else None


def is_sequence(value: Value) -> bool:
    """Whether a loop may go over an object of a type that is outside."""
    return isinstance(value, Many) or last_name(value) in _SEQUENCES | _MAPS


def property_of(value: Value, name: str) -> Value | None:
    """What a property of an outside object is; None where that is not known."""
    if not isinstance(value, Instance) or not value.arguments:
        return None
    kind = last_name(value)
    if name in {"Value", "Result", "Target"} and kind in _HOLDERS:
        return value.arguments[0]
    if kind == "KeyValuePair":
        return value.arguments[{"Key": 0, "Value": -1}.get(name, -1)] if name in {"Key", "Value"} else None
    if kind in _MAPS and name in {"Keys", "Values"}:
        return Many(value.arguments[0 if name == "Keys" else -1])
    if kind == "IGrouping" and name == "Key":
        return value.arguments[0]
    return value.arguments[-1] if name == "Current" else None


def result_of(value: Value, name: str) -> Value | None:
    """What a method of an outside object gives; None where that is not known."""
    if isinstance(value, Instance) and is_task(value):
        if name in {"ConfigureAwait", "GetAwaiter", "AsTask", "WaitAsync", "Preserve"}:
            return value
        return value.arguments[0] if name == "GetResult" and value.arguments else None
    element = element_of(value)
    if element is None:
        return None
    if name in _EACH_GIVES_ITSELF:
        return Many(element)
    return element if name in _EACH_GIVES_ELEMENT else None


def given_to_lambda(value: Value, method: str, position: int) -> Value | None:
    """What a method of an outside object hands to the function that it is given."""
    return element_of(value) if method in _TAKES_EACH and position == 0 else None


def argument_of(delegate: Value | None, position: int) -> Value | None:
    """What a delegate such as `Func<A, B>` takes at a position."""
    kind = last_name(delegate)
    given = delegate.arguments if isinstance(delegate, Instance) else ()
    if kind == "Expression" and given:
        return argument_of(given[0], position)
    count = len(given) - (kind == "Func")
    return given[position] if kind in {"Func", "Action", "Predicate"} and position < count else None


NOTHING_KNOWN = Several(())
"""Stands for what is not known, where there certainly is something."""
