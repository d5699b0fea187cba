"""What every Java file knows without an import."""

from synth.graph.code.toolkit.rules import words

PRIMITIVES = words("boolean byte char double float int long short void var")

JAVA_LANG = words(
    "AbstractMethodError Appendable ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException "
    "AssertionError AutoCloseable Boolean BootstrapMethodError Byte CharSequence Character Class "
    "ClassCastException ClassCircularityError ClassFormatError ClassLoader ClassNotFoundException ClassValue "
    "CloneNotSupportedException Cloneable Comparable Compiler Deprecated Double Enum "
    "EnumConstantNotPresentException Error Exception ExceptionInInitializerError Float FunctionalInterface "
    "IllegalAccessError IllegalAccessException IllegalArgumentException IllegalCallerException "
    "IllegalMonitorStateException IllegalStateException IllegalThreadStateException IncompatibleClassChangeError "
    "IndexOutOfBoundsException InheritableThreadLocal InstantiationError InstantiationException Integer "
    "InternalError InterruptedException Iterable LayerInstantiationException LinkageError Long MatchException "
    "Math Module ModuleLayer NegativeArraySizeException NoClassDefFoundError NoSuchFieldError "
    "NoSuchFieldException NoSuchMethodError NoSuchMethodException NullPointerException Number "
    "NumberFormatException Object OutOfMemoryError Override Package Process ProcessBuilder ProcessHandle Readable "
    "Record ReflectiveOperationException Runnable Runtime RuntimeException RuntimePermission SafeVarargs "
    "ScopedValue SecurityException SecurityManager Short StackOverflowError StackTraceElement StackWalker "
    "StrictMath String StringBuffer StringBuilder StringIndexOutOfBoundsException StringTemplate SuppressWarnings "
    "System Thread ThreadDeath ThreadGroup ThreadLocal Throwable TypeNotPresentException UnknownError "
    "UnsatisfiedLinkError UnsupportedClassVersionError UnsupportedOperationException VerifyError "
    "VirtualMachineError Void WrongThreadException"
)

_ANY = "Object Comparable Serializable Constable"
LITERALS: dict[str, frozenset[str]] = {
    "int": words(f"byte short char long float double Integer Number {_ANY}"),
    "long": words(f"float double Long Number {_ANY}"),
    "double": words(f"float Double Number {_ANY}"),
    "char": words(f"int long float double Character {_ANY}"),
    "boolean": words(f"Boolean {_ANY}"),
    "String": words(f"CharSequence {_ANY}"),
    "Class": words(f"Type {_ANY}"),
}
"""Types of parameters that a literal of another type may be given to."""

BUILTINS = PRIMITIVES | {"valueOf", "values"}

UNIVERSAL = {
    "toString": "String", "hashCode": "int", "equals": "boolean", "getClass": "Class", "notify": "", "notifyAll": "",
    "wait": "",
}  # fmt: skip
"""Methods of `Object`, with what they give."""

GIVES_ELEMENT = words(
    "get getFirst getLast getValue getOrDefault put putIfAbsent computeIfAbsent next previous poll pollFirst "
    "pollLast peek peekFirst peekLast pop remove removeFirst removeLast take element first last floor ceiling "
    "higher lower orElse orElseGet orElseThrow orElseNull join call"
)
"""Methods of the library's containers, and of others like them, that give what is in them."""

GIVES_ITSELF = words(
    "stream parallelStream iterator listIterator filter sorted distinct limit skip subList values findFirst "
    "findAny min max reversed descendingSet headSet tailSet"
)
"""Methods that give another container of the same."""

RESULTS = {
    "String": words(
        "getName getSimpleName getTypeName getCanonicalName name trim strip substring replace replaceAll toLowerCase "
        "toUpperCase concat repeat join format getMessage getLocalizedMessage getProperty readLine nextLine"
    ),
    "int": words("length size indexOf lastIndexOf compareTo compare ordinal intValue parseInt signum available"),
    "boolean": words(
        "isEmpty contains containsKey containsValue startsWith endsWith matches equalsIgnoreCase hasNext isPresent "
        "isBlank booleanValue parseBoolean test"
    ),
    "long": words("longValue parseLong currentTimeMillis nanoTime toMillis toNanos toSeconds count"),
    "double": words("doubleValue parseDouble random sqrt pow"),
    "char": words("charAt charValue"),
}
"""What methods of the JDK give that are called so."""

GIVES_ENTRIES = words("forEach replaceAll compute computeIfPresent merge")
"""Methods that hand a key and a value to what they are given."""

GIVES_RESULT = words("Function BiFunction ToIntFunction Callable Supplier")
"""Functional interfaces whose last type argument is what they give."""

PACKAGES = {
    "java.util": words(
        "AbstractCollection AbstractList AbstractMap AbstractQueue AbstractSet ArrayDeque ArrayList Arrays Base64 "
        "BitSet Calendar Collection Collections Comparator ConcurrentModificationException Currency Date Deque "
        "Dictionary DoubleSummaryStatistics EmptyStackException EnumMap EnumSet Enumeration EventListener "
        "EventObject Formatter GregorianCalendar HashMap HashSet Hashtable IdentityHashMap IntSummaryStatistics "
        "Iterator LinkedHashMap LinkedHashSet LinkedList List ListIterator Locale LongSummaryStatistics Map "
        "MissingResourceException NavigableMap NavigableSet NoSuchElementException Objects Observable Observer "
        "Optional OptionalDouble OptionalInt OptionalLong PrimitiveIterator PriorityQueue Properties Queue Random "
        "RandomAccess ResourceBundle Scanner SequencedCollection SequencedMap SequencedSet ServiceLoader Set "
        "SimpleTimeZone SortedMap SortedSet Spliterator Spliterators SplittableRandom Stack StringJoiner "
        "StringTokenizer TimeZone Timer TimerTask TreeMap TreeSet UUID Vector WeakHashMap"
    ),
    "java.util.function": words(
        "BiConsumer BiFunction BiPredicate BinaryOperator BooleanSupplier Consumer DoubleFunction DoubleSupplier "
        "Function IntBinaryOperator IntConsumer IntFunction IntPredicate IntSupplier IntUnaryOperator LongFunction "
        "LongSupplier ObjIntConsumer Predicate Supplier ToDoubleFunction ToIntFunction ToLongFunction UnaryOperator"
    ),
    "java.util.stream": words("Collector Collectors DoubleStream IntStream LongStream Stream StreamSupport"),
    "java.util.concurrent": words(
        "BlockingQueue Callable CancellationException CompletableFuture CompletionException CompletionStage "
        "ConcurrentHashMap ConcurrentLinkedQueue ConcurrentMap CopyOnWriteArrayList CountDownLatch CyclicBarrier "
        "ExecutionException Executor ExecutorService Executors ForkJoinPool Future LinkedBlockingQueue "
        "ScheduledExecutorService Semaphore ThreadFactory ThreadLocalRandom ThreadPoolExecutor TimeUnit "
        "TimeoutException"
    ),
    "java.io": words(
        "BufferedInputStream BufferedOutputStream BufferedReader BufferedWriter ByteArrayInputStream "
        "ByteArrayOutputStream Closeable DataInputStream DataOutputStream EOFException File FileInputStream "
        "FileNotFoundException FileOutputStream FileReader FileWriter FilterInputStream FilterOutputStream "
        "Flushable IOException InputStream InputStreamReader ObjectInputStream ObjectOutputStream OutputStream "
        "OutputStreamWriter PrintStream PrintWriter Reader Serializable StringReader StringWriter "
        "UncheckedIOException Writer"
    ),
}
"""Classes of packages that are often imported whole."""
